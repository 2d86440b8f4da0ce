"""Retiring an administration, and bringing it back: two people, on the record."""
