"""Log-in and log-out, and the preferences of a person."""
