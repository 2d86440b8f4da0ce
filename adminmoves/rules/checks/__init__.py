"""The three atoms of a migration, each with its checks and its after-care."""
