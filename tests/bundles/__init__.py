"""Bundles: built, signed, refused, fetched."""
