"""The documents of an administration, and the store that their files lie in."""
