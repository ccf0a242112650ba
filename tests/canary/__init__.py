"""A change of a script under 1,000 requests a second: see ``__main__``."""
