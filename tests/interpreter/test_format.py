"""string.format: against real lua5.1, and what no comparison can show."""

from __future__ import annotations

import pytest

from .sweeps import check, run


def test_sweep() -> None:
    check("formats", "3b656b829b12f511")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("'%5s|%-5s|%.2s|%5.1s|%05s', 'abc', 'abc', 'abc', 'abc', 'abc'", "  abc|abc  |ab|    a|  abc"),
        ("'%d %i %u', 3.99, -3.99, -1", "3 -3 18446744073709551615"),
        ("'%x %X %o %#x %#o', 255, 255, 8, 255, 8", "ff FF 10 0xff 010"),
        ("'%.3d|%5.3d|%05.3d|%-5d|%+d|% d', 5, 5, 5, 5, 5, 5", "005|  005|  005|5    |+5| 5"),
        ("'%.0d|%#.0o|%#x', 0, 0, 0", "|0|0"),
        ("'%d %x', 1e300, -1", "-9223372036854775808 ffffffffffffffff"),
        ("'%u %u', 2 ^ 63, 2 ^ 64", "9223372036854775808 0"),
        ("'%5.1f|%-8.2e|%g|%G', 2.25, 12345, 1e20, 1e-10", "  2.2|1.23e+04|1e+20|1E-10"),
        ("'%f %5.0f %F'", None),
        ("'%g %g %E %010g %+g', 1 / 0, -1 / 0, 1 / 0, 1 / 0, 1 / 0", "inf -inf INF        inf +inf"),
        ("'%s', ('x'):rep(3) .. '\\0y'", "xxx"),
        ("'%5s|', 'x\\0y'", "    x|"),
        ("'%s', 12", "12"),
        ("'%c%c%c', 76, 117, 97", "Lua"),
        ("'%q', 'a\\0b\\n\"\\\\\\r'", '"a\\000b\\\n\\"\\\\\\r"'),
        ("'%%%d%%', 1", "%1%"),
        ("12", "12"),
    ],
)
def test_results(call: str, expected: str | None) -> None:
    result = run(f"return pcall(string.format, {call})")
    if expected is None:
        assert result.values[0] == "false"
    else:
        assert result.values == ("true", expected)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("'%d'", "bad argument #2 to 'format' (no value)"),
        ("'%s%s', 1", "bad argument #3 to 'format' (no value)"),
        ("'%'", "bad argument #2 to 'format' (no value)"),
        ("'%', 1", "invalid option '%' to 'format'"),
        ("'%y', 1", "invalid option '%y' to 'format'"),
        ("'%a', 1", "invalid option '%a' to 'format'"),
        ("'%5%', 1", "invalid option '%%' to 'format'"),
        ("'%100d', 1", "invalid format (width or precision too long)"),
        ("'%.100d', 1", "invalid format (width or precision too long)"),
        ("'%-+ #00d', 1", "invalid format (repeated flags)"),
        ("'%s', {}", "bad argument #2 to 'format' (string expected, got table)"),
        ("'%s', nil", "bad argument #2 to 'format' (string expected, got nil)"),
        ("'%s', true", "bad argument #2 to 'format' (string expected, got boolean)"),
        ("'%d', 'x'", "bad argument #2 to 'format' (number expected, got string)"),
        ("'%d %y', 'x', 1", "bad argument #2 to 'format' (number expected, got string)"),
        ("", "bad argument #1 to 'format' (string expected, got no value)"),
    ],
)
def test_errors(call: str, message: str) -> None:
    result = run(f"return pcall(function() return string.format({call}) end)")
    assert result.values == ("false", f"stdin:1: {message}")


def test_long_results_are_paid_for() -> None:
    source = "while true do local _ = ('%99.99f'):rep(30):format({}) end".format(", ".join(["1e300"] * 30))
    stopped = run(source, instructions=2_000_000)
    assert stopped.failure is not None
    assert stopped.failure.kind == "instructions"
    stopped = run("local s = ('x'):rep(1e6) while true do local _ = ('%s%s%s'):format(s, s, s) end", memory=10 << 20)
    assert stopped.failure is not None
    assert stopped.failure.kind == "memory"
