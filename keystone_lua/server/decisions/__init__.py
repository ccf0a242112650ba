"""Requests to outcomes: inline, or in the offload pool."""
