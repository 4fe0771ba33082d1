"""Files of SQLite, for what does not fit into memory."""
