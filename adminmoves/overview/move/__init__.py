"""One move: its page, its live progress, its comments."""
