"""How the command line reaches a deployed system, or the local one."""
