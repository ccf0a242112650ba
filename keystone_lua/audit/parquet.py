"""A decision log as a Parquet file, by the package ``pyarrow``: one row a decision, the main fields as columns.

In: lines of decisions. Out: a file that DuckDB, pandas and others read. Lines come in batches, so that a log of any
size takes the memory of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from .questions import outcome_of, read_line

BATCH: Final = 20_000
"""Rows."""

SCHEMA: Final = pa.schema(
    [
        ("number", pa.int64()), ("time", pa.timestamp("ms", "UTC")), ("id", pa.string()),
        ("tenant", pa.dictionary(pa.int32(), pa.string())), ("script", pa.dictionary(pa.int32(), pa.string())),
        ("lane", pa.dictionary(pa.int32(), pa.string())), ("costs", pa.dictionary(pa.int32(), pa.string())),
        ("method", pa.dictionary(pa.int32(), pa.string())), ("host", pa.dictionary(pa.int32(), pa.string())),
        ("path", pa.string()), ("outcome", pa.dictionary(pa.int32(), pa.string())),
        ("backend", pa.dictionary(pa.int32(), pa.string())), ("reject_reason", pa.string()),
        ("error_kind", pa.dictionary(pa.int32(), pa.string())), ("error", pa.string()),
        ("instructions", pa.int64()), ("bytes", pa.int64()),
    ]
)  # fmt: skip


_PLAIN: Final = ("number", "id", "tenant", "script", "lane", "costs", "instructions", "bytes")


def write(file: Path, lines: Iterator[bytes]) -> int:
    """Write the decisions in ``lines`` and return how many they were. Raises `OSError`."""
    draft = file.with_name(f"{file.name}.new")
    count = 0
    with pq.ParquetWriter(draft, SCHEMA, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        for line in lines:
            rows.append(_row(line))
            count += 1
            if len(rows) >= BATCH:
                writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
                rows = []
        if rows:
            writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
    draft.rename(file)
    return count


def _row(line: bytes) -> dict[str, Any]:
    record = read_line(line)
    assert record is not None  # `find` has read it
    request = record.get("request")
    asked: dict[str, Any] = request if isinstance(request, dict) else {}
    answer, error = record["answer"] or {}, record["error"] or {}
    return {
        **{name: record.get(name) for name in _PLAIN},
        "time": int(record["time"] * 1000),
        **{name: _text(asked.get(name)) for name in ("method", "host", "path")},
        "outcome": outcome_of(record),
        "backend": _text(answer.get("selected_backend")),
        "reject_reason": _text(answer.get("reject_reason")),
        "error_kind": _text(error.get("kind")),
        "error": _text(error.get("message")),
    }


def _text(value: Any) -> str | None:
    """A text; a path with masked parts as far as it is shown."""
    if isinstance(value, list):
        return "".join(part if isinstance(part, str) else "[masked]" for part in value)
    return value if isinstance(value, str) else None
