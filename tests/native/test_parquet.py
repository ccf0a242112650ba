"""A decision log as a Parquet file, by the package ``pyarrow``."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq

from keystone_lua.audit.questions import outcome_of
from tests.audit.support import lines, write_log
from tests.server.support import run


def test_an_export_has_a_row_for_each_decision(tmp_path: Path) -> None:
    log, target = tmp_path / "decisions.log", tmp_path / "x.parquet"
    write_log(log, 44)
    records = [record for record in map(json.loads, lines(log)) if record["kind"] == "decision"]
    assert run("log", "export", log, "--to", target).stdout == f"{target}: {len(records)} decisions\n"
    rows = pq.read_table(target).to_pylist()
    assert [row["number"] for row in rows] == [record["number"] for record in records]
    for row, record in zip(rows, records, strict=True):
        assert (row["tenant"], row["instructions"], row["id"]) == (
            record["tenant"],
            record["instructions"],
            record["id"],
        )
        assert row["outcome"] == outcome_of(record)
        assert row["path"] == record["request"]["path"]
