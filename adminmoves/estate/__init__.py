"""The estate from outside: files that are imported, and what they may not change."""
