"""The commands of `skafu`, one file each."""
