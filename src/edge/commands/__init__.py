"""The command API: routes, batches, machines, deferred commands."""
