"""Everything that both APIs share."""
