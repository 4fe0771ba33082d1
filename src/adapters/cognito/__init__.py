"""Adapters on Amazon Cognito."""
