"""The parser against its references: lua5.1's messages, Lark itself, limits, noise."""
