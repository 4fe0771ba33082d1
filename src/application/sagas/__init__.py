"""Sagas: runs of their steps, what they wait for, and the search for what was lost."""
