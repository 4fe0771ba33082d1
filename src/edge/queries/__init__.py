"""The query API: rows, history, the feed, outcomes."""
