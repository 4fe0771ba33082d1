"""Reads of AppSync with the caller's own token: AppSync's rules decide what the caller sees."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.appsync.read_models import camel, left_out
from adapters.appsync.selection import selecting
from adapters.appsync.session import AppSyncError, GraphQLSession, RowsUnreadable, run, run_each
from application.ports import BadPageToken, Fields, NotAllowed, RowPage, RowUnreadable, Unavailable
from kernel.contents import ReadModels

# AppSync answers with one of these to a page token that it did not issue for the list: nothing else
# of the request to DynamoDB comes from outside.
BAD_TOKEN = (
    "DynamoDB:UserIllegalArgumentException",
    "DynamoDB:DynamoDbException",
    "DynamoDB:ValidationException",
)

# AppSync answers with at most 5 MB. A row has at most 200 KB, a page of a list 1 MB (DynamoDB).
ROWS_AT_ONCE, LISTS_AT_ONCE = 20, 4
LONGEST = 3.0
"""Seconds within which the last of several requests has to begin."""


class AppSyncQueries:
    """Rows as AppSync shows them. Lists use indexes: a list without one scans the table."""

    def __init__(
        self,
        session: GraphQLSession,
        schema: ReadModels,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._monotonic = monotonic
        self._json_names = {
            document: frozenset(map(camel, schema.json_fields[model]))
            for document, model in schema.models.items()
        }

    def row(self, token: str, document: str, id: str) -> dict[str, Any] | None:
        """Return `None` for a row that is not there, or not for this caller.

        AppSync tells the two apart.
        """
        try:
            found: dict[str, Any] | None = self._run(token, document, {"id": id})
            return found and self._decoded(document, found)
        except NotAllowed:
            return None
        except (RowsUnreadable, json.JSONDecodeError):
            raise RowUnreadable(id) from None

    def rows(self, token: str, document: str, ids: Sequence[str]) -> RowPage:
        """Return these rows, as far as they are there for this caller, in this order."""
        items, unreadable = [], []
        answers = self._each(token, document, [{"id": id} for id in ids], ROWS_AT_ONCE)
        for id, answer in zip(ids, answers, strict=True):
            try:
                found = one(answer)
                items += [self._decoded(document, found)] if found else []
            except (RowsUnreadable, json.JSONDecodeError):
                unreadable.append(id)
            except NotAllowed:
                continue
        return {"items": items, "unreadable": unreadable}

    def pages(
        self,
        token: str,
        document: str,
        variables: Sequence[Mapping[str, Any]],
        *,
        fields: Fields = (),
    ) -> list[RowPage]:
        """Return a page of several lists."""
        asked = selecting(document, fields) if fields else document
        answers = self._each(token, asked, variables, LISTS_AT_ONCE)
        return [
            # Asked for alone, its rows are told from those that cannot be read.
            self.page(token, document, given, fields=fields)
            if isinstance(answer, RowsUnreadable)
            else self._page(document, one(answer))
            for given, answer in zip(variables, answers, strict=True)
        ]

    def page(
        self, token: str, document: str, variables: Mapping[str, Any], *, fields: Fields = ()
    ) -> RowPage:
        """Return one page of a list, and name the rows that are left out: they cannot be read.

        Raises `BadPageToken`.
        """
        try:
            asked = selecting(document, fields) if fields else document
            page: RowPage = self._run(token, asked, variables)
        except RowsUnreadable as error:
            return self._readable_part(error.data, token, document, variables)
        except AppSyncError as error:
            if variables.get("nextToken") and set(error.kinds) <= set(BAD_TOKEN):
                raise BadPageToken(str(error)) from error
            raise
        return self._page(document, page)

    def _readable_part(
        self, page: RowPage, token: str, document: str, variables: Mapping[str, Any]
    ) -> RowPage:
        """Return the rows that can be read, and the ids of the others from a second query."""
        ids = self._run(token, selecting(document, ("id",)), variables)
        return self._page(document, page, left_out(page, ids))

    def _page(self, document: str, page: RowPage, unreadable: Sequence[str] = ()) -> RowPage:
        items, names = [], list(unreadable)
        for row in filter(None, page["items"]):
            try:
                items.append(self._decoded(document, row))
            except json.JSONDecodeError:
                names.append(row["id"])
        return page | {"items": items} | ({"unreadable": names} if names else {})

    def _each(
        self, token: str, document: str, variables: Sequence[Mapping[str, Any]], at_once: int
    ) -> list[Any]:
        """Ask the document's field for each of the variables, several in one request.

        Raises `Unavailable` if that takes so long that the caller's function would be given up.
        """
        found: list[Any] = []
        deadline = self._monotonic() + LONGEST
        for first in range(0, len(variables), at_once):
            if self._monotonic() > deadline:
                raise Unavailable("AppSync is slow")
            given = [set_ones(one) for one in variables[first : first + at_once]]
            found += run_each(self._session, document, given, {"Authorization": token})
        return [allowed(answer) for answer in found]

    def _run(self, token: str, document: str, variables: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the field's value
        try:
            return run(self._session, document, set_ones(variables), {"Authorization": token})
        except AppSyncError as error:
            if isinstance(meant := allowed(error), NotAllowed):
                raise meant from error
            raise

    def _decoded(self, document: str, row: dict[str, Any]) -> dict[str, Any]:
        names = self._json_names[document] & row.keys()
        texts = {name: row[name] for name in names if row[name] is not None}
        return row | {name: json.loads(text) for name, text in texts.items()}


def set_ones(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in variables.items() if value is not None}


def allowed(answer: Any) -> Any:  # noqa: ANN401 - a value or an error
    """Return what AppSync answered, and `NotAllowed` where it denies the caller access."""
    denied = isinstance(answer, AppSyncError) and any(
        kind.startswith("Unauthorized") for kind in answer.kinds
    )
    return NotAllowed(str(answer)) if denied else answer


def one(answer: Any) -> Any:  # noqa: ANN401 - a value or an error
    """Return the value. Raises the error that is there instead."""
    if isinstance(answer, Exception):
        raise answer
    return answer
