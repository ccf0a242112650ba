"""Lua patterns: items, a backtracker charged by step, the pattern as a whole."""
