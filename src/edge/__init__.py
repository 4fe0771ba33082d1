"""The edge between AWS events and the application: parse, call, answer."""
