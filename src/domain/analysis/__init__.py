"""The Analysis aggregate: a question to the analyst about a project, and its answer."""
