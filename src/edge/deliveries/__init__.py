"""Batches from streams and queues."""
