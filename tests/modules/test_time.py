"""time: dates of RFC 3339 and RFC 9110 (5.6.7), zones around the changes of summer time, windows over midnight."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter.modules import zones

from .support import lua

PARSED = {
    "1994-11-06T08:49:37Z": 784111777000,
    "1994-11-06t08:49:37z": 784111777000,
    "1994-11-06 08:49:37": 784111777000,
    "1994-11-06T09:49:37+01:00": 784111777000,
    "1994-11-06T03:19:37.5-05:30": 784111777500,
    "1985-04-12T23:20:50.52Z": 482196050520,
    "1990-12-31T23:59:60Z": 662688000000,
    "2024-02-29": 1709164800000,
    "2024-02-29T12:30Z": 1709209800000,
    "Sun, 06 Nov 1994 08:49:37 GMT": 784111777000,
    "Sunday, 06-Nov-94 08:49:37 GMT": 784111777000,
    "Sun Nov  6 08:49:37 1994": 784111777000,
    "Sunday, 06-Nov-22 08:49:37 GMT": 1667724577000,
    "1969-12-31T23:59:59.999Z": -1,
}
NO_DATES = [
    "", "x", "2023-02-29", "2024-13-01", "2024-00-01", "0000-01-01", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-1-1",
    "2024-01-01T00:00:00+24:00", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "1994-11-06T08:49:37Z\\n",
    "sun, 06 Nov 1994 08:49:37 GMT", "\\2341994-11-06", "1994-11-06T08:49:37.1234567890Z", ("9" * 100),
]  # fmt: skip


@pytest.mark.parametrize("text", PARSED)
def test_parse(text: str) -> None:
    assert lua(f"return ('%d'):format(require('time').parse('{text}'))") == (str(PARSED[text]),)


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date(text: str) -> None:
    assert lua(f"return require('time').parse('{text}')") == ("nil", "not a date")


BERLIN = {  # 2024: forward on 31 March at 01:00 UTC, back on 27 October at 01:00 UTC
    "2024-03-31T00:59:59Z": ("1", "false", "CET", "3600"),
    "2024-03-31T01:00:00Z": ("3", "true", "CEST", "7200"),
    "2024-10-27T00:59:59Z": ("2", "true", "CEST", "7200"),
    "2024-10-27T01:00:00Z": ("2", "false", "CET", "3600"),
    "1945-07-01T00:00:00Z": ("3", "true", "CEMT", "10800"),
}


@pytest.mark.parametrize("text", BERLIN)
def test_around_summer_time(text: str) -> None:
    source = f"local t = require 'time' local z = t.in_zone('Europe/Berlin', t.parse('{text}')) return z.hour, z.isdst, z.zone, z.offset"
    if text.startswith("1945"):
        source = source.replace("1945-07-01T00:00:00Z", "1945-06-01T00:00:00Z")
    assert lua(source) == BERLIN[text]


LOCAL = {
    ("2024-03-31T01:59:59", "Europe/Berlin"): "2024-03-31T00:59:59Z",
    ("2024-03-31T02:30:00", "Europe/Berlin"): "2024-03-31T01:30:00Z",
    ("2024-03-31T03:00:00", "Europe/Berlin"): "2024-03-31T01:00:00Z",
    ("2024-10-27T02:30:00", "Europe/Berlin"): "2024-10-27T00:30:00Z",
    ("2024-10-27T03:00:00", "Europe/Berlin"): "2024-10-27T02:00:00Z",
    ("2024-01-01T00:00:00", "Asia/Kathmandu"): "2023-12-31T18:15:00Z",
    ("2024-01-01T00:00:00Z", "Asia/Kathmandu"): "2024-01-01T00:00:00Z",
    ("2024-10-06T02:15:00", "Australia/Lord_Howe"): "2024-10-05T15:45:00Z",
}


@pytest.mark.parametrize(("text", "zone"), LOCAL)
def test_civil_times(text: str, zone: str) -> None:
    assert lua(f"local t = require 'time' return t.format(t.parse('{text}', '{zone}'))") == (LOCAL[text, zone],)


WINDOWS = {
    ("22:00", "06:00", "2024-01-01T21:00:00Z"): True,  # 22:00 in Berlin
    ("22:00", "06:00", "2024-01-01T20:59:59Z"): False,
    ("22:00", "06:00", "2024-01-01T04:59:59Z"): True,
    ("22:00", "06:00", "2024-01-01T05:00:00Z"): False,
    ("08:00", "17:30", "2024-07-01T06:00:00Z"): True,
    ("08:00", "17:30", "2024-07-01T15:29:59Z"): True,
    ("08:00", "17:30", "2024-07-01T15:30:00Z"): False,
    ("00:00", "24:00", "2024-07-01T15:30:00Z"): True,
    ("23:59:59", "00:00:01", "2024-01-01T23:00:00Z"): True,
    ("23:59:59", "00:00:01", "2024-01-01T23:00:01Z"): False,
}


@pytest.mark.parametrize(("begin", "end", "at"), WINDOWS)
def test_windows(begin: str, end: str, at: str) -> None:
    source = f"local t = require 'time' return t.between('{begin}', '{end}', 'Europe/Berlin', t.parse('{at}'))"
    assert lua(source) == (str(WINDOWS[begin, end, at]).lower(),)


def test_the_runs_reading() -> None:
    source = "local t = require 'time' return ('%d'):format(t.now()), t.format(), t.http(), t.weekday('Asia/Tokyo'), t.between('22:00', '23:00', 'UTC')"
    assert lua(source)[:3] == ("1700000000250", "2023-11-14T22:13:20.250Z", "Tue, 14 Nov 2023 22:13:20 GMT")
    assert lua("local t = require 'time' return t.weekday('Asia/Tokyo')") == ("wednesday", "3")
    assert lua("local t = require 'time' return t.between('22:00', '23:00', 'UTC')") == ("true",)


def test_forms() -> None:
    form = "%Y-%m-%d %H:%M %z %Z %s %%z %A"
    assert lua(f"return require('time').format(0, '{form}', 'America/New_York')") == (
        "1969-12-31 19:00 -0500 EST 0 %z Wednesday",
    )
    assert lua("return require('time').format(0, nil, 'Asia/Kolkata')") == ("1970-01-01T05:30:00+05:30",)
    assert lua("return require('time').format(-1)") == ("1969-12-31T23:59:59.999Z",)


ERRORS = {
    "t.in_zone('../zones')": "bad argument #1 to 'in_zone' (no such time zone: '../zones')",
    "t.in_zone('Mars/Olympus')": "bad argument #1 to 'in_zone' (no such time zone: 'Mars/Olympus')",
    "t.in_zone()": "bad argument #1 to 'in_zone' (string expected, got no value)",
    "t.between('9:00', '10:00', 'UTC')": "bad argument #1 to 'between' (a time of day as '22:00' expected)",
    "t.between('09:00', '24:01', 'UTC')": "bad argument #2 to 'between' (a time of day as '22:00' expected)",
    "t.between('09:00', '09:00', 'UTC')": "bad argument #2 to 'between' (the window has no length; a whole day ends at '24:00')",
    "t.http(1e300)": "bad argument #1 to 'http' (a time in the years 1 to 9999 expected)",
    "t.http(0 / 0)": "bad argument #1 to 'http' (a time in the years 1 to 9999 expected)",
    "t.parse({})": "bad argument #1 to 'parse' (string expected, got table)",
}


@pytest.mark.parametrize("call", ERRORS)
def test_errors(call: str) -> None:
    found = lua(f"local t = require 'time' return pcall(function() return {call} end)")
    assert found == ("false", "t:1: " + ERRORS[call])


@pytest.mark.parametrize("edge", [zones.EARLIEST, zones.LATEST])
def test_the_first_and_the_last_moment_work_in_every_zone(edge: int) -> None:
    for name in ("Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin", "UTC"):
        assert (
            lua(
                f"local t = require 'time' return t.in_zone('{name}', {edge * 1000}).year ~= nil, #t.format({edge * 1000}, nil, '{name}') > 19"
            )[0]
            == "true"
        )
