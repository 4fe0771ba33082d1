"""What tools do about the handlers' log: a line for each command would bury what they print."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from edge.observability import logger


@contextmanager
def quiet(level: int = logging.ERROR) -> Iterator[None]:
    """Only what is at least of this level is logged meanwhile."""
    before = logger.log_level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)
