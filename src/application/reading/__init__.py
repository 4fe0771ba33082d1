"""Read models, history, and the check of both."""
