"""From a command to a commit."""
