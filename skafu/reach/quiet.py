"""Silence for the handlers' log: a line for each command would bury the output of a tool."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from edge.observability import logger


@contextmanager
def quiet(level: int = logging.ERROR) -> Iterator[None]:
    """Log only what is at least of this level."""
    before = logger.log_level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)
