"""What a move needs and does: the five types, their checks, the plan, the reasons."""
