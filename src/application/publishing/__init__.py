"""From commits to the bus and to the feed of all events."""
