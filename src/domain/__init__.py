"""What is true of projects: pure rules, no clock, no ids made here, no network."""
