"""The workflow that runs deferred commands."""
