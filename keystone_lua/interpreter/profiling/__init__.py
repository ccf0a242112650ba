"""Who paid what in a run."""
