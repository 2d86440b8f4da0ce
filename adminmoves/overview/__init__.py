"""Lists, one move, one administration, the connections, search and help."""
