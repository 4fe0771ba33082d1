"""The domain of orders. Pure rules; it can be replaced."""
