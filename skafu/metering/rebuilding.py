"""The cost of a rebuild, from what is stored and what differs; figures before anything is done."""

import math

from adapters.dynamodb.items import READ_UNIT
from application.reading.rebuild import Differences
from application.reading.words import is_of_words
from skafu.metering.prices import PRICES
from skafu.metering.way import deployment

READS, WRITES = 2, 1
"""AppSync operations of a row that is written: its head and itself are read before."""
WORDS_UNITS = 20
"""Write units of an entry of the index of words with its postings, for texts of some ten words."""
ROW_UNITS = 1  # write units of a row, and of each of its indexes: rows have about a kilobyte


def reading_cost(bytes_of_events: int) -> float:
    """Return the dollars to scan all events; rows are listed many in a request."""
    units = math.ceil(bytes_of_events / READ_UNIT)
    return units * PRICES.dynamodb_read_units / 1e6


def writing_cost(differences: Differences) -> float:
    """Return the dollars to read these streams again and to write these rows."""
    counted = differences.of_models()
    rows = sum(count for model, count in counted.items() if not is_of_words(model))
    return (
        rows * (READS + WRITES) * PRICES.appsync_operations
        + writing_units(differences) * PRICES.dynamodb_write_units
        + (differences.events + differences.rows) * PRICES.dynamodb_read_units
    ) / 1e6


def writing_units(differences: Differences) -> int:
    """Return the write units of these rows, with their indexes."""
    rows, indexes = differences.of_models(), deployment().indexes
    return sum(
        count * (WORDS_UNITS if is_of_words(model) else ROW_UNITS * (1 + indexes.get(model, 0)))
        for model, count in rows.items()
    )
