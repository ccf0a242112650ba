"""Forged logs, odd files, closed terminals, text that acts on one: what the tools do with what others wrote."""
