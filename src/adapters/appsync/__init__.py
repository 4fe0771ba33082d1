"""The read models behind AppSync."""
