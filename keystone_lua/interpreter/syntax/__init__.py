"""Text to tree: grammar, tables, lexer, parser, nodes."""
