"""Rows and GraphQL documents, from Amplify's schema. Generated: `make docs`."""
