"""A day's log shipped through a receiver that fails: see ``__main__``."""
