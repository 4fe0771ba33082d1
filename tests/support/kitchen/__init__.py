"""A small domain of the tests' own: teapots with their parts, and teas to be brewed in them.

What holds of the engine whatever the domain is, is shown with it.
"""
