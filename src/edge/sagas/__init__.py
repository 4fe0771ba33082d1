"""Sagas: the function that does their steps, and the one that begins and answers them."""
