"""The release rehearsal: the real history, folded with two versions of the code."""
