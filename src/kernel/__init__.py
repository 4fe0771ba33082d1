"""The parts that a domain is written with: pure, and without any domain."""
