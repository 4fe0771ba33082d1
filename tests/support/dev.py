"""The first steps of a person against a `skafu dev`."""

from domain.contents import contents
from kernel.query import Listing
from scripts.dev_process import Dev
from tests.support.owner import Owner

LISTING = next(query for query in contents.queries if isinstance(query, Listing))


def owner(dev: Dev) -> Owner:
    return Owner(dev.outputs, "owner@skafu.dev")


def begin(dev: Dev) -> str:
    return owner(dev).begin()


def shown(dev: Dev) -> list[str]:
    """Return the ids of the rows that the owner has."""
    return [row["id"] for row in owner(dev).send("GET", LISTING.path).json()["data"]]
