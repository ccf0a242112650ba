"""Decisions that can be proved: recorded, taken again, compared.

    decisions --Recorder--> a chain of lines (records, chain, masking), written by writer; scripts into archive
    a log --reading--> records --replay--> same, different or not replayable; breaks in the chain
    a log and two versions of the scripts --diff--> which requests would get another answer

A run is a pure function of script, request, seed, clock, limits and cost table, and a record has them all. This room
knows the interpreter, and nothing of HTTP.
"""

from .anchoring import Anchorage, check_anchorage
from .archive import Archive, ArchiveError
from .chain import GENESIS
from .diff import Diff, Script, diff_logs
from .findings import Replay
from .masking import Masks
from .notes import Note
from .recorder import Recorder, check_log
from .records import DecisionRecord, RecordError, read_record
from .replay import replay_logs

__all__ = [
    "GENESIS",
    "Anchorage",
    "Archive",
    "ArchiveError",
    "DecisionRecord",
    "Diff",
    "Masks",
    "Note",
    "RecordError",
    "Recorder",
    "Replay",
    "Script",
    "check_anchorage",
    "check_log",
    "diff_logs",
    "read_record",
    "replay_logs",
]
