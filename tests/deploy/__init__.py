"""deploy/: what its files say of the engine is so.

The tests of this folder need no tool: of the Helm chart they look at what it renders, kept in ``rendered``, and at
whether that is of the chart as it is. ``python -m tests.deploy`` has the tools look, see its text.
"""
