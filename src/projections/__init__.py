"""Read models: pure functions from recorded events to rows, one file each."""
