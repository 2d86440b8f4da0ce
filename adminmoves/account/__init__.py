"""What people do for themselves: signing in, and their preferences."""
