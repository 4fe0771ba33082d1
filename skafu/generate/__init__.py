"""Generators of every file that follows from the code."""
