"""The event bus and the error bus."""
