"""Code that talks to one outside thing each, named <technology>_<port>."""
