"""What values are and what operations on them mean."""
