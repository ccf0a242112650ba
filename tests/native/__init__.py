"""Tests of extras that have native code: left out of the run without any (make test-pure)."""
