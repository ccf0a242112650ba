"""Budgets, proven: boundaries, stops, scaling, determinism, compile time. ``python -m tests.budgets`` measures."""
