"""The command line's way to a deployed system, or to the local one."""
