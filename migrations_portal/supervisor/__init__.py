"""Starts and watches the servers and processes of one checkout."""
