"""The places of the repository's files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
DOCS = ROOT / "docs"
EVENTS = ROOT / "events"
TESTS = ROOT / "tests"
DOMAIN_TESTS = TESTS / "domain"
"""Tests that name the domain; they are replaced with it."""
