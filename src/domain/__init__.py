"""Skafu's own domain: projects, templates, analyses. Pure rules; it can be replaced."""
