"""The engine's version, in every health answer and record."""

ENGINE_VERSION = "0.1.0"
