"""The query API: rows, history, the feed of all events, deferred commands."""
