"""What commands cost: run for real over ports that count, and multiplied by the price list."""
