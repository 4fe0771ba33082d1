"""Adapters: one folder for each technology, one file for each port."""
