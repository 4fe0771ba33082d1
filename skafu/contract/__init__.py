"""The contract with others: stored events and the API, compared with the release, and released."""
