"""The cost of commands: the real handlers run over ports that count, and uses are priced."""
