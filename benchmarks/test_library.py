"""The jobs of library_jobs run, and lua5.1, where it has a job too, answers the same."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from .library import LUA, Job, body, jobs, ours, theirs


@pytest.mark.parametrize("job", jobs(), ids=lambda job: job.name)
def test_a_job_runs_and_answers_what_lua_does(job: Job) -> None:
    few = replace(job, count=2)
    _, instructions, answer = ours(few)
    assert instructions > 0
    assert answer != "nil"
    if job.peer and shutil.which(LUA):
        assert theirs(replace(few, count=1))[1] == answer


@pytest.mark.parametrize("size", [620, 900_000])
def test_bodies_have_about_the_size_that_is_said(size: int) -> None:
    assert size * 0.9 < len(body(size)) < size * 1.1
