"""A day's decision log, shipped to a receiver that fails one time in five, and the sender killed with it.

    python -m tests.audit.long_log [--records 10000000] [--segment 10000] [--fails 5] [--replay]

Ten million records are 1,000 decisions again and again, each with a number and the hash of the line before, in two
chains; segments are closed while ``keystone-lua ship --follow --keep 1`` sends them. The receiver looks at every line.
``--replay`` then has ``keystone-lua replay`` take every decision again, from what has arrived.

Exit 1 unless every record has arrived once, in order, both chains whole and ending as they were written.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .receiver import Receiver, Served, unpack
from .source import Chains, decisions

WAITING = 8
"""Closed segments that wait here, at most: the whole log is never on this disk."""


class Sender:
    """``keystone-lua ship``, started again whenever it was killed."""

    def __init__(self, log: Path, more: list[str]) -> None:
        self.url = ""
        self._log = log
        self._more = more
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def go_on(self) -> None:
        """Start it, unless it runs."""
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", "keystone_lua", "ship", str(self._log), self.url, *self._more]
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.starts += 1

    def kill(self) -> None:
        """End it as the machine would."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def end(self) -> None:
        """Kill it and wait."""
        self.kill()
        if self._process is not None:
            self._process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--segment", type=int, default=10_000, help="records of a segment")
    parser.add_argument("--fails", type=int, default=5, help="of so many requests one fails")
    parser.add_argument("--compress", choices=("gzip", "zstd"), default="gzip")
    parser.add_argument("--replay", action="store_true", help="take every decision again, from what has arrived")
    options = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = decisions(folder / "short")
        (folder / "log").mkdir()
        chains = Chains(folder / "log", parts, folder / "short" / "short.log")
        sender = Sender(chains.file, ["--follow", "0.1", "--keep", "1", "--compress", options.compress])
        receiver = Receiver(folder / "there", options.fails, sender.kill, unpack)
        with Served(receiver) as sender.url:
            try:
                ship_all(options, chains, receiver, sender, begun)
            finally:
                sender.end()
        good = report(options, chains, receiver, sender, time.monotonic() - begun)
        if options.replay:
            command = [sys.executable, "-m", "keystone_lua", "replay", str(folder / "there" / "decisions.log")]
            heads = [word for head in chains.heads for word in ("--expect-head", head)]
            good &= subprocess.run([*command, "--strict", *heads], check=False).returncode == 0
    return 0 if good else 1


def ship_all(options: argparse.Namespace, chains: Chains, receiver: Receiver, sender: Sender, begun: float) -> None:
    told = time.monotonic()
    while sum(receiver.records.values()) < options.records and not receiver.faults:
        sender.go_on()
        left = options.records - sum(chains.records)
        if left and chains.waiting() < WAITING:
            chains.close_one(min(left, options.segment))
        else:
            time.sleep(0.02)
        if time.monotonic() - told > 60:
            told = time.monotonic()
            arrived = sum(receiver.records.values())
            print(f"{told - begun:6.0f} s: {arrived:,} records have arrived", file=sys.stderr, flush=True)


def report(options: argparse.Namespace, chains: Chains, receiver: Receiver, sender: Sender, seconds: float) -> bool:
    written = dict(zip([file.name for file in chains.files], chains.records, strict=True))
    heads = dict(zip([file.name for file in chains.files], chains.heads, strict=True))
    faults = list(receiver.faults)
    if dict(receiver.records) != {name: count for name, count in written.items() if count}:
        faults.append(f"written were {written}, arrived have {dict(receiver.records)}")
    faults += [f"{name} ends elsewhere" for name, head in receiver.heads.items() if head != heads[name]]
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    count, tries = sum(receiver.records.values()), receiver.tried.total()
    print(f"{count:,} records arrived in {sum(chains.segments):,} segments of {len(written)} chains, {seconds:.0f} s")
    print(f"{chains.bytes:,} bytes became {receiver.size:,}: {receiver.size / count:.1f} a record")
    failed = {name: number for name, number in sorted(receiver.tried.items()) if name != "takes"}
    print(f"{tries:,} requests, {sum(failed.values()):,} failed: {failed}; {receiver.again} files came a second time")
    print(f"the sender was started {sender.starts} times; {spent.ru_utime + spent.ru_stime:.0f} s of processor time")
    print("\n".join(faults[:20]) or "every record once, in order, chains whole, heads as they were written")
    return not faults


if __name__ == "__main__":
    raise SystemExit(main())
