"""The key that wraps the keys of subjects."""
