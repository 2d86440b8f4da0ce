"""The limit of the home list: Django with one query and one plain template."""
