"""Random inputs against the parser, the pattern matcher, string.format and JSON bodies."""
