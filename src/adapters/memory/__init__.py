"""Adapters in memory, with the contracts of the real ones."""
