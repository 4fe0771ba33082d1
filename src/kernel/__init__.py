"""The words a domain is written with: pure, and without any domain."""
