"""The estate from files and from the pages of the administrator."""
