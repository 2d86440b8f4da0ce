"""The list of migrations: the first page that everybody sees."""
