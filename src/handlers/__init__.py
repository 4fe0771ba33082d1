"""Lambda entry points, one file each: parse, call, answer. No rules."""
