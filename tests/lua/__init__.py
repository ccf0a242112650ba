"""The conformance suite's Lua files, and the tool that writes their expectations."""
