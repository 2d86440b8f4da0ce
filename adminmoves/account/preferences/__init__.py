"""The preferences of a person."""
