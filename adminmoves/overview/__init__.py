"""Lists, one move, one administration, help, and what a person sets for themselves."""
