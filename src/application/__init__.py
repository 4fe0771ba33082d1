"""Use cases, between pure rules and real machines: execute, publish, catch up."""
