"""Writing: from a command to a commit."""
