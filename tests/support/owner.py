"""A person of the running stack who begins aggregates and changes them, by the examples."""

from typing import Any, cast

import requests
from pydantic import ValidationError

from domain.contents import contents
from kernel.messages import AggregateId
from kernel.operation import Operation
from skafu.examples import Placeholders
from tests.support.api_client import ApiClient, Json, eventually
from tests.support.world import before, typical

CREATE, CHANGE = contents.first_creation, contents.first_change
KIND = contents.aggregate[CREATE.aggregate_type]
PROJECTION = contents.projections_of(KIND.aggregate_type)[0]
"""The group of rows that shows the first kind of aggregate."""
MODEL = PROJECTION.head_model
LONG_AGO = "2020-01-01T00:00:00.000Z"
"""A time that no row of a test has by itself."""
ADDING = tuple(
    operation
    for operation in KIND.operations
    if not operation.creates
    and any(operation.name in before(other) for other in KIND.operations if other.ids)
)
"""Commands that make something within the aggregate, which others name by its id."""


class Owner(ApiClient):
    """Commands are those that most examples begin with; another number, other texts."""

    def begin(self, number: int = 0) -> str:
        """Return the plain id of what was begun."""
        return str(self.begun(number)["aggregateId"])

    def begun(self, number: int = 0) -> Json:
        answer = self.command(CREATE.method, CREATE.path, data(CREATE, number))
        assert answer.status_code == 202, answer.text
        return cast(Json, answer.json())

    def change(self, plain: str, number: int = 0, key: str = "") -> requests.Response:
        path = CHANGE.path.replace("<id>", plain)
        return self.command(CHANGE.method, path, data(CHANGE, number), key)

    def shown(self, plain: str) -> Json | None:
        """Return the row, as this person sees it."""
        answer = self.send("GET", path_of(plain))
        return cast(Json, answer.json()["data"]) if answer.status_code == 200 else None

    def row(self, plain: str, version: int) -> Json | None:
        """Return the row, once it has reached the version."""

        def reached() -> Json | None:
            found = self.shown(plain)
            return found if found and found["version"] >= version else None

        return eventually(reached)

    def events(self, plain: str) -> list[Json]:
        return cast(list[Json], self.send("GET", f"{path_of(plain)}/events").json()["data"])


def path_of(plain: str) -> str:
    return f"{CREATE.collection}/{plain}"


def stream_of(plain: str) -> AggregateId:
    return KIND.id(plain)


def data(operation: Operation, number: int = 0) -> Json:
    """Return the example's data; with a number, the texts that may differ are others."""
    example = Placeholders.numbered(number).data(typical(operation))
    for name, value in example.items() if number else ():
        other = example | {name: f"{value} {number}"}
        if isinstance(value, str) and takes(operation, other):
            example = other
    return example


def takes(operation: Operation, given: dict[str, Any]) -> bool:
    try:
        operation.body.model_validate(given)
    except ValidationError:
        return False
    return True
