"""Publishing: commits go to the bus and to the feed of all events."""
