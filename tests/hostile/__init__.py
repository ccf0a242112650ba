"""Hostile scripts and the verdicts that a correct engine gives them."""
