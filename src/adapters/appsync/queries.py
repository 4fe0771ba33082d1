"""Reads of AppSync with the caller's own token: AppSync's rules decide what the caller sees."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.appsync.read_models import camel, left_out
from adapters.appsync.selection import selecting
from adapters.appsync.session import AppSyncError, GraphQLSession, RowsUnreadable, run
from application.ports import BadPageToken, NotAllowed, RowPage, RowUnreadable
from kernel.contents import ReadModels

# AppSync answers with one of these to a page token that it did not issue for the list: nothing else
# of the request to DynamoDB comes from outside.
BAD_TOKEN = (
    "DynamoDB:UserIllegalArgumentException",
    "DynamoDB:DynamoDbException",
    "DynamoDB:ValidationException",
)


class AppSyncQueries:
    """Rows as AppSync shows them. Lists use indexes: a list without one scans the table."""

    def __init__(self, session: GraphQLSession, schema: ReadModels) -> None:
        self._session = session
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

    def page(self, token: str, document: str, variables: Mapping[str, Any]) -> RowPage:
        """Return one page of a list, and name the rows that are left out: they cannot be read.

        Raises `BadPageToken`.
        """
        try:
            page: RowPage = self._run(token, document, variables)
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

    def _run(self, token: str, document: str, variables: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the field's value
        given = {name: value for name, value in variables.items() if value is not None}
        try:
            return run(self._session, document, given, {"Authorization": token})
        except AppSyncError as error:
            if any(kind.startswith("Unauthorized") for kind in error.kinds):
                raise NotAllowed(str(error)) from error
            raise

    def _decoded(self, document: str, row: dict[str, Any]) -> dict[str, Any]:
        names = self._json_names[document] & row.keys()
        texts = {name: row[name] for name in names if row[name] is not None}
        return row | {name: json.loads(text) for name, text in texts.items()}
