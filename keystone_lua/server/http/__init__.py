"""HTTP: bytes to requests, outcomes to bytes."""
