"""Limits of the process that renders."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`rendered_bytes` are those of all files together; `seconds` count from start to answer."""

    rendered_bytes: int = 4 * 2**20
    memory_bytes: int = 256 * 2**20
    cpu_seconds: int = 2
    seconds: float = 5
    depth: int = 300
