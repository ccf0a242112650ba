"""A JUnit report: outcomes as the XML that CI servers read.

Input: tests with outcomes and seconds. Output: text. Characters that XML cannot hold become U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree

from .suite import Test, TestOutcome

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(results: Sequence[tuple[Test, TestOutcome, float]], errors: Sequence[str] = ()) -> str:
    """One test suite; ``errors`` are files that could not be collected."""
    total = sum(seconds for _, _, seconds in results)
    failed = sum(not outcome.passed for _, outcome, _ in results)
    counts = {"tests": str(len(results) + len(errors)), "failures": str(failed), "errors": str(len(errors))}
    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "keystone-lua", "time": f"{total:.3f}", **counts})
    for error in errors:
        case = ElementTree.SubElement(suite, "testcase", classname="collection", name=_text(error.partition(":")[0]))
        ElementTree.SubElement(case, "error", message=_text(error))
    for test, outcome, seconds in results:
        attributes = {"classname": _text(test.file), "name": _text(test.name), "time": f"{seconds:.3f}"}
        case = ElementTree.SubElement(suite, "testcase", attributes)
        if not outcome.passed:
            failure = ElementTree.SubElement(case, "failure", message=_text(outcome.message.partition("\n")[0]))
            failure.text = _text("\n".join([outcome.message, *outcome.traceback]))
        if outcome.output:
            ElementTree.SubElement(case, "system-out").text = _text(outcome.output)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
