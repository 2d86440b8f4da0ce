"""What the pages of one move show, read once for all of them."""
