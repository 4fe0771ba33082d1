"""Reading: read models, history, and checks of both."""
