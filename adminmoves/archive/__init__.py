"""The documents of an administration, and the store with their files."""
