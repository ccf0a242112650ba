"""Which line of a script, and which library function, paid what in a run."""
