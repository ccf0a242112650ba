"""Metrics, logs, trace ids."""
