"""Adapters over Amazon CloudWatch."""
