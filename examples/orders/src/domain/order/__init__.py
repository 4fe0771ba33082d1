"""The Order aggregate: its commands, its events, and the rules between them."""
