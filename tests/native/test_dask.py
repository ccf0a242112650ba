"""A log replayed by a Dask cluster, as it is: a scheduler and two workers, processes of their own, of which one is
killed in between. The report is the local one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from keystone_lua.audit import reading
from keystone_lua.cli import main
from tests.audit.support import TENANTS, lines, write_log
from tests.audit.test_tampering import anew, changed
from tests.waiting import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


class Cluster:
    """A scheduler and workers."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.folder = folder
        self.address = f"tcp://127.0.0.1:{port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self._scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")

    def _start(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        # One thread each: Lua in several threads of a Python is no faster.
        with (self.folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + what, *arguments],
                cwd=self.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log,
            )  # fmt: skip

    def begin_worker(self) -> None:
        """Start one more."""
        more = ["--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        self.workers.append(self._start("worker", self.address, *more))

    def end(self) -> None:
        """Stop all."""
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    from distributed import Client

    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        for _ in range(2):
            made.begin_worker()
        with Client(made.address, timeout=60, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(2, timeout=60)
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of some pieces, with a difference and a break."""
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    write_log(file, 60 * TENANTS)
    log = lines(file)
    place = next(n for n, line in enumerate(log) if b'"tenant":"dice"' in line and n > 60)
    log = anew([*log[:place], changed(log[place], answer={"selected_backend": "elsewhere"}), *log[place + 1 :]], place)
    del log[300]
    file.write_bytes(b"".join(line + b"\n" for line in log))
    return file


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = reading.pieces
    monkeypatch.setattr("keystone_lua.audit.reading.pieces", lambda file: cut(file, 5_000))


def report(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    code = main(command)
    return code, capsys.readouterr().out


@pytest.mark.usefixtures("small_pieces")
def test_a_cluster_makes_the_same_report_and_a_worker_that_is_killed_costs_its_piece(
    cluster: Cluster, log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for more in ([], ["--json"]):
        here = report(capsys, "replay", str(log), "--processes", "1", *more)
        assert here[0] == 1
        assert report(capsys, "replay", str(log), "--engine", "dask", "--scheduler", cluster.address, *more) == here

    killed: list[tuple[int, int]] = []

    def kill(done: int, total: int) -> None:
        if not killed and done > total // 5:
            killed.append((done, total))
            cluster.workers[0].send_signal(signal.SIGKILL)
            cluster.workers[0].wait()

    monkeypatch.setattr("keystone_lua.cli.replaying.Bar.show", lambda _, done, total: kill(done, total))
    again = report(capsys, "replay", str(log), "--engine", "dask", "--scheduler", cluster.address, "--json")
    assert again == here
    assert killed[0][0] < killed[0][1]
    cluster.begin_worker()


@pytest.mark.usefixtures("small_pieces")
def test_diff_on_a_cluster(cluster: Cluster, log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = ROOT / "scripts" / "canary.lua", tmp_path / "canary.lua"
    new.write_text(old.read_text().replace('forced == "true"', 'forced ~= "false"'))
    (tmp_path / "lib").symlink_to(ROOT / "scripts" / "lib")
    command = ["diff", str(old), str(new), "--requests", str(log), "--json"]
    here = report(capsys, *command)
    assert report(capsys, *command, "--engine", "dask", "--scheduler", cluster.address) == here
    assert '"examples": []' not in here[1]


def test_trouble_is_one_line(
    cluster: Cluster, log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keystone_lua.cli.engines.CONNECT_SECONDS", 1)
    for more, problem in (
        (["--engine", "dask"], "belong together"),
        (["--scheduler", cluster.address], "belong together"),
        (["--engine", "dask", "--scheduler", cluster.address, "--processes", "2"], "--processes is of --engine local"),
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"], "no scheduler at tcp://127.0.0.1:1"),
        (["--engine", "dask", "--scheduler", "nonsense://x"], "no scheduler at nonsense://x"),
    ):
        assert main(["replay", str(log), *more]) == 2
        assert problem in capsys.readouterr().err
