"""A program and its runs."""
