"""The engine's version, in every health answer and record. ``--version`` has besides what tells builds of it apart."""

ENGINE_VERSION = "0.2.0.dev0"
