"""The Project aggregate: what may be asked, what has happened, and the rules between."""
