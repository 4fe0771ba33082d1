"""The tables: events, claims, feed, keys, deferred commands."""
