"""The HTTP API described: models and OpenAPI."""
