"""MiniStack with the patches that make it behave as AWS does where Skafu depends on it.

This package runs in MiniStack's own environment (`.tools/ministack`): standard library and
MiniStack only.
"""
