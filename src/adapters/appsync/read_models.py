"""The read models, written through mutations of AppSync, so that subscribers are notified."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import boto3
from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel, to_snake

from adapters.appsync.session import GraphQLSession, SigV4, open_session, run
from kernel.contents import ReadModels
from kernel.projection import Row, RowKey

PAGE = 1000  # rows at a time; a scan also ends its page at a megabyte
GUARDS = ("version", "projectionVersion")
# AppSync puts its own clock into `updatedAt` when an update leaves it out.
ALWAYS_SENT = (*GUARDS, "updatedAt")
camel, snake = cache(to_camel), cache(to_snake)


class AppSyncReadModels:
    """Rows, written by compare-and-set.

    A request has one mutation, which selects every scalar field: subscribers get the fields that
    the mutation selected. It has no alias, since AppSync reportedly notifies nobody of aliases.
    """

    def __init__(self, session: GraphQLSession, schema: ReadModels) -> None:
        self._session = session
        self._schema = schema

    def get(self, key: RowKey) -> Row | None:
        found = run(self._session, self._document("get", key.model), {"id": key.id})
        return None if found is None else from_graphql(self._schema, key.model, found)

    def versions(self, model: str) -> Iterator[tuple[str, int]]:
        """Yield the id and version of every row, by a scan of the table. For operators only."""
        token = None
        while True:
            variables = {"limit": PAGE} | ({} if token is None else {"nextToken": token})
            page = run(self._session, self._schema.lists[model], variables)
            yield from ((row["id"], row["version"]) for row in page["items"])
            token = page.get("nextToken")
            if token is None:
                return

    def create(self, key: RowKey, row: Row) -> None:
        fields = {k: v for k, v in to_graphql(self._schema, row).items() if v is not None}
        run(self._session, self._document("create", key.model), {"input": fields})

    def update(self, key: RowKey, row: Row, replaces: Row) -> None:
        """Send the fields that differ; a null removes the attribute."""
        before, after = to_graphql(self._schema, replaces), to_graphql(self._schema, row)
        changed = {k: v for k, v in after.items() if v != before[k] or k in ALWAYS_SENT}
        condition = {guard: {"eq": before[guard]} for guard in GUARDS}
        variables = {"input": {"id": key.id, **changed}, "condition": condition}
        run(self._session, self._document("update", key.model), variables)

    def _document(self, verb: str, model: str) -> str:
        """Return a generated document, such as `UPDATE_ORDER`."""
        return cast(str, self._schema.documents[f"{verb}_{snake(model)}".upper()])


def signed_session(url: str) -> GraphQLSession:
    """Open a session with the function's role; template.yaml grants it single fields."""
    session = boto3.Session()
    credentials = session.get_credentials()
    if credentials is None or session.region_name is None:
        raise RuntimeError("no AWS credentials or region in the environment")
    return open_session(url, SigV4(credentials, session.region_name))


def to_graphql(schema: ReadModels, row: Row) -> dict[str, Any]:
    """Return the fields of the row for a mutation: AWSJSON is JSON in a string."""
    values = adapter(type(row)).dump_python(row, mode="json")
    for name in schema.json_fields & values.keys():
        values[name] = None if values[name] is None else encoded(values[name])
    return {camel(name): value for name, value in values.items()}


def encoded(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_graphql(schema: ReadModels, model: str, fields: dict[str, Any]) -> Row:
    values = {snake(name): value for name, value in fields.items()}
    for name in schema.json_fields & values.keys():
        values[name] = None if values[name] is None else json.loads(values[name])
    return cast(Row, adapter(schema.rows[model]).validate_python(_whole_owner(values)))


def _whole_owner(values: dict[str, Any]) -> dict[str, Any]:
    """Restore `<sub>::<username>`: Amplify's resolver of `owner` shows only the last part."""
    owner, user = values.get("owner"), values.get("user_id")
    if owner and user and "::" not in owner:
        values["owner"] = f"{user}::{owner}"
    return values


@cache
def adapter(row_class: type) -> TypeAdapter[Any]:
    return TypeAdapter(row_class)
