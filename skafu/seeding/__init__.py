"""What a system begins with: read from folders, sent to its command API."""
