"""Adapters for S3."""
