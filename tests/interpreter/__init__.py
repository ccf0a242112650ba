"""The interpreter's parts, each on its own."""
