"""The language as its users see it: Lua files with expectations, limits, syntax errors."""
