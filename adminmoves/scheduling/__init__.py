"""When a move may run: windows, freezes and the queue of an office."""
