"""What the system does, between pure rules and real machines: execute, publish, catch up."""
