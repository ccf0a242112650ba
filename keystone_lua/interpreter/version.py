"""The engine's version, in every health answer and record. ``--version`` also shows which build it is."""

ENGINE_VERSION = "0.2.0.dev0"
