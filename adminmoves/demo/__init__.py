"""Data that shows or loads the portal: its story, large estates, the style guide."""
