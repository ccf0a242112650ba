"""The reference gateway: its parts, its process, and the whole stack."""
