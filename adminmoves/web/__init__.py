"""What all pages share: the request, the guards, the frame, lists and fields."""
