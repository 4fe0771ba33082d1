"""Files with values, by Jinja2 in a process of its own."""
