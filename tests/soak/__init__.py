"""A quiet tenant beside others that attack."""
