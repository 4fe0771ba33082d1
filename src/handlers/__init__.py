"""Lambda entry points, one file each, and the wiring that they share."""
