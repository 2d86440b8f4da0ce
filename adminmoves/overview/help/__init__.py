"""Help: types, checks and states explained, from the tables the portal works by."""
