"""The benchmarks' own arithmetic: what counts, by what it is divided, what a table and a chart say of it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import baselines, peer_runs, peers, plot, programs
from benchmarks.http_load import put_section
from benchmarks.peer_runs import ABSTRA, EXEC, GOPHER, OURS, REFERENCE, SMALL, Peer, Times
from benchmarks.programs import BenchmarkProgram
from benchmarks.requests import NAMES, cases

ABSTRA_PEER = Peer(ABSTRA, ("abstra",), worker=True, small=True)
PEERS = [
    Peer(OURS, ("ours",), worker=True),
    Peer(EXEC, ("exec",)),
    Peer(REFERENCE, ("lua5.1",)),
    Peer(GOPHER, ("gopher",)),
    ABSTRA_PEER,
    Peer(SMALL, ("ours",), worker=True, small=True),
]


def times(*walls: float, trouble: str = "") -> Times:
    return Times([(wall, wall / 2) for wall in walls], [(0.01, 0.005) for _ in walls], trouble)


def table() -> peer_runs.Table:
    fib = dict(zip((peer.name for peer in PEERS), map(times, (1.2, 1.6, 0.4, 0.8, 2.5, 0.02)), strict=True))
    gsub = {**fib, ABSTRA: times(2.0, trouble="wrong: 1 where lua5.1 says 2"), GOPHER: times(2.4, 0.2, 2.4)}
    return {"fib": fib, "gsub": gsub}


def summary() -> peers.Summary:
    return peers.summarize(table(), PEERS, clock=0)


def test_ratios_are_of_the_same_size() -> None:
    found = summary()
    assert found.ratios["fib"] == pytest.approx({REFERENCE: 3.0, GOPHER: 1.5, ABSTRA: 0.008})
    assert found.ratios["gsub"] == pytest.approx({REFERENCE: 3.0, GOPHER: 0.5})
    assert found.means[GOPHER] == pytest.approx(0.75**0.5)
    assert found.means[ABSTRA] == pytest.approx(0.008)
    assert found.means[EXEC] == pytest.approx((2.0 * 1.6 / 2.4) ** 0.5)
    assert peers.summarize(table(), PEERS, clock=1).seconds["fib"][OURS] == 0.6


def test_tables() -> None:
    assert peers.markdown(summary()).splitlines() == [
        "| program | ours, ms | exec, ms | lua5.1, ms | gopher-lua, ms | ours / lua5.1 | ours / gopher-lua |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| fib | 1200 | 1600 | 400 | 800 | 3.00 | 1.50 |",
        "| gsub | 1200 | 1600 | 400 | 2400 | 3.00 | 0.50 |",
        "| geometric mean | | | | | **3.00** | **0.87** |",
    ]
    assert peers.small_markdown(summary(), ABSTRA, {"fib": 24, "gsub": 500}).splitlines() == [
        "| program | N | ours, ms | abstra-lua, ms | abstra-lua / ours |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| fib | 24 | 20.0 | 2500 | 125 |",
        "| gsub | 500 | 20.0 | wrong | - |",
        "| geometric mean | | | | **125** |",
    ]


def test_report() -> None:
    suite = {name: programs.load()[name] for name in ("fib", "gsub")}
    other = peers.summarize(table(), PEERS, clock=1)
    both = {"by the wall clock": summary(), "in processor time": other}
    text = peers.report(both, ["luajit: not installed"], suite, rounds=3)
    assert "Medians of 3 rounds, by the wall clock;" in text
    assert "Slowest against gopher-lua: fib 1.5, gsub 0.5." in text
    assert "means in processor time: ours / lua5.1 3.00, ours / gopher-lua 0.87, abstra-lua / ours 125.\n" in text
    assert "We are 125 times faster than abstra-lua: the geometric mean of 1 of 2 programs." in text
    assert "Skipped: luajit: not installed.\n\nNot counted:\n\n- gsub, abstra-lua: wrong: 1 where" in text


def test_a_peer_of_which_nothing_counts() -> None:
    nothing = {"fib": {**table()["fib"], ABSTRA: times(trouble="too slow: more than 30 s")}}
    both = {"by the wall clock": peers.summarize(nothing, PEERS, clock=0)}
    text = peers.report(both, [], {"fib": programs.load()["fib"]}, rounds=1)
    assert "No run of abstra-lua counts." in text
    assert "| fib | 24 | 20.0 | too slow | - |" in text
    assert "One round, by the wall clock;" in text


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("86986500.0\n", "86986500\n"),
        ("-3.0\t1.50\t2.0.0\tx1.0\n", "-3\t1.50\t2.0.0\tx1.0\n"),
        ("http://10.0.0.1:8080\n", "http://10.0.0.1:8080\n"),
    ],
)
def test_whole_floats_are_forgiven(output: str, expected: str) -> None:
    assert peer_runs.as_lua51(ABSTRA_PEER, output) == expected
    assert peer_runs.as_lua51(PEERS[0], output) == output


PRINTS = "print('7')\n"
REPORTS = 'import sys\nprint(\'{"run": [2, 1], "compile": [1, 1]}\', file=sys.stderr)\n'


@pytest.mark.parametrize(
    ("code", "worker", "trouble"),
    [
        (PRINTS, False, ""),
        (PRINTS + REPORTS, True, ""),
        ("print('8')\n" + REPORTS, True, "wrong: 8 where lua5.1 says 7"),
        ("raise ValueError('no such')\n", True, "fails: ValueError: no such"),
        ("raise SystemExit(3)\n", True, "fails: exit 3"),
        ("import time\ntime.sleep(60)\n", True, "too slow: more than 0.5 s"),
    ],
)
def test_measure(code: str, worker: bool, trouble: str) -> None:
    entry, found = programs.load()["fib"], Times()
    peer = Peer("some", (sys.executable, "-c", code), worker=worker)
    peer_runs.measure(peer, entry, found, "7\n", 0.5 if "sleep" in code else 60.0)
    assert found.trouble == trouble
    assert len(found.samples) == (0 if trouble else 1)
    if worker and not trouble:
        assert (found.samples, found.compiling) == ([(2, 1)], [(1, 1)])


def test_kept_answers_are_compared_at_the_sizes_that_run(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Peer(REFERENCE, (sys.executable, "-c", "print('no Lua')"))
    peer_runs.check_answers(programs.load().values(), [ABSTRA_PEER])
    with pytest.raises(SystemExit, match=r"fib, full size: lua5\.1 answers otherwise"):
        peer_runs.check_answers([programs.load()["fib"]], [fake])
    answers = {False: "1\n", True: "2\n"}
    echo = Peer(REFERENCE, (sys.executable, "-c", "import sys; print(1 if 'lua/fib' in sys.argv[1] else 3)"))
    monkeypatch.setattr(BenchmarkProgram, "answer", lambda program, small=False: answers[small])
    peer_runs.check_answers([programs.load()["fib"]], [echo])
    with pytest.raises(SystemExit, match=r"fib, small size: lua5\.1 answers otherwise"):
        peer_runs.check_answers([programs.load()["fib"]], [echo, ABSTRA_PEER])


def test_rounds() -> None:
    entry = programs.load()["fib"]
    code = f"print({entry.answer()!r}, end='')"
    found = [Peer("each", (sys.executable, "-c", code)), Peer("once", (sys.executable, "-c", code), once=True)]
    found.append(Peer("wrong", (sys.executable, "-c", "")))
    row = peer_runs.run_all([entry], found, repeat=3, clock=0, limit=60.0)["fib"]
    assert {name: len(each.samples) for name, each in row.items()} == {"each": 3, "once": 1, "wrong": 0}
    assert row["wrong"].trouble.startswith("wrong: nothing where lua5.1 says ")


def test_ours_at_small_sizes_comes_with_abstra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    for name, code in (("lupa/lua51.py", ""), ("lupa/__init__.py", ""), ("abstra_lua.py", "")):
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setattr(peer_runs, "VENV", tmp_path)
    monkeypatch.setattr(peer_runs, "build_gopher", lambda: "gopher")
    monkeypatch.setattr("shutil.which", lambda name: None)
    found, missing = peer_runs.find_peers([ABSTRA, "luajit"])
    assert [peer.name for peer in found] == [OURS, ABSTRA, SMALL]
    assert missing == ["luajit: not installed (apt-get install luajit)"]
    assert [peer.name for peer in peer_runs.find_peers(["lupa"])[0]] == [OURS, "lupa"]


def test_chart_has_a_bar_a_program() -> None:
    found = summary()
    root = ElementTree.fromstring(plot.ratios(found.ratios, GOPHER, found.means[GOPHER]))
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"fib", "gsub", "1.50", "0.50", "geometric mean 0.87"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}rect"))) == 1 + len(found.ratios)


@pytest.mark.parametrize("slower", [True, False])
def test_no_label_of_the_chart_stands_on_the_means_line(slower: bool) -> None:
    for end in range(100, 300):
        left, right = (100, float(end)) if slower else (float(end), 300)
        start, anchor = plot.beside(left, right, slower, 200.0)
        begin = start if anchor == "start" else start - plot.LABEL
        assert not begin - 1 < 200 < begin + plot.LABEL + 1
        assert begin >= right if slower else begin + plot.LABEL <= left


def test_the_chart_has_colours_for_the_dark() -> None:
    chart = plot.ratios({"fib": {GOPHER: 1.5}}, GOPHER, 1.5)
    light, _, dark = chart.partition("prefers-color-scheme: dark")
    used = set(re.findall('class="([a-z]+)"', chart))
    for kind in used:
        assert f".{kind} {{" in light
        assert f".{kind} {{" in dark
    assert not re.findall('(?:fill|stroke)="(?!stroke)[^"]*"', chart)


def test_a_section_is_replaced_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "performance.md"
    put_section(path, "compute", "one\n")
    put_section(path, "http", "two\n")
    first = path.read_text()
    put_section(path, "compute", "three\n")
    assert path.read_text() == first.replace("one\n", "three\n")
    assert first.startswith("# Performance\n\n<!-- compute: written by make bench-peers -->\none\n")


def test_requests_differ() -> None:
    for name in NAMES:
        requests = [repr(case.request) for case in cases(name, 500)]
        assert len(set(requests)) == len(requests)
    without = [case for case in cases("canary", 500) if "X-Canary" not in case.request["headers"]]
    assert len(without) == 250


def test_baselines_name_what_became_slower(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "machine"
    folder.mkdir()
    for number, medians in enumerate(({"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 1.5, "b": 0.5, "c": 1.05}), 1):
        entries = [{"fullname": name, "stats": {"median": median}} for name, median in medians.items()]
        (folder / f"000{number}_run.json").write_text(json.dumps({"benchmarks": entries}))
    before, after = map(baselines.medians, sorted(folder.iterdir()))
    lines, slower = baselines.report(before, after, 1.15)
    assert slower
    assert lines == [
        "slower x 1.50  a  1000.000 -> 1500.000 ms",
        "faster x 0.50  b  1000.000 -> 500.000 ms",
        "geometric mean of 3 benchmarks: x 0.92",
    ]
    assert baselines.report(before, before, 1.15) == (["geometric mean of 3 benchmarks: x 1.00"], False)
