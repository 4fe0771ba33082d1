"""The completeness check: the first step of `make check`.

It names what is missing of a command, an event, a projection, a field or a query, a line each, with
the file where it belongs. It imports the domain late, since a domain may not be importable.
"""
