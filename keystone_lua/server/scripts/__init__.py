"""The scripts that the server has in force: loaded again, and beside their next version."""
