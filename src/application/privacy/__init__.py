"""Personal data: seal it, open it, forget a person."""
