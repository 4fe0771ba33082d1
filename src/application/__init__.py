"""Use cases: execute commands, publish events, keep rows current, protect personal data."""
