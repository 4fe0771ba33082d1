"""Parts that both APIs share."""
