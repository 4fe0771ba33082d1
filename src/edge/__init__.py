"""Between AWS events and the application: parse, call, answer."""
