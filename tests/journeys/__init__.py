"""The stories, end to end, in a real browser."""
