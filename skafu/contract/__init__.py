"""What others count on: stored events, the API. Compared with what was released, and released."""
