"""Types of a move, their checks, the plan, and reasons why a move waits or failed."""
