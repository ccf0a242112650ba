"""Tests of scripts: in Lua (functions named test_*), or as cases of a request and its answer, in JSON or YAML.

Input: a folder's scripts, test files, how to read a request. Output: outcomes, coverage by line, a JUnit report.
Refuses a test file that cannot be read, with `BadTestFile`.
"""

from .cases import BadTestFile
from .coverage import Coverage
from .junit import junit_xml
from .stage import NOW, SEED, Stage
from .suite import Test, TestOutcome, collect

__all__ = ["NOW", "SEED", "BadTestFile", "Coverage", "Stage", "Test", "TestOutcome", "collect", "junit_xml"]
