"""The read models, written through mutations of AppSync, so that subscribers are notified."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache, partial
from typing import Any, TypeAlias, cast

import boto3
from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel, to_snake

from adapters.appsync.selection import selecting
from adapters.appsync.session import GraphQLSession, RowsUnreadable, SigV4, open_session, run
from application.patience import patiently
from application.ports import StoredRow, UnreadableRow
from kernel.contents import ReadModels
from kernel.personal import Unopened
from kernel.projection import Row, RowKey

# Rows at a time: the list and the owner of each row are resolvers, of which a request may run 150.
PAGE = 140
GUARDS = ("version", "projectionVersion")
GREATEST_INT = 2**31 - 1  # of GraphQL
# AppSync puts its own clock into `updatedAt` when an update leaves it out.
ALWAYS_SENT = (*GUARDS, "updatedAt")
ListedRows: TypeAlias = Sequence[tuple[RowKey, StoredRow]]
camel, snake = cache(to_camel), cache(to_snake)


class AppSyncReadModels:
    """Rows, written by compare-and-set.

    A request has one mutation, which selects every scalar field: subscribers get the fields that
    the mutation selected. It has no alias, since AppSync reportedly notifies nobody of aliases.
    """

    def __init__(self, session: GraphQLSession, schema: ReadModels) -> None:
        self._session = session
        self._schema = schema

    def get(self, key: RowKey) -> StoredRow | None:
        document = self._document("get", key.model)
        try:
            found = run(self._session, document, {"id": key.id})
        except RowsUnreadable:
            return UnreadableRow(*(self._guard(document, key, name) for name in GUARDS))
        return None if found is None else self._row(key.model, found)

    def pages(self, model: str) -> Iterator[Sequence[tuple[RowKey, StoredRow]]]:
        """Yield every row of a model, by a scan of the table. For operators only.

        The versions of rows that cannot be read are not looked up.
        """
        return self.listed(model, self._schema.lists[model], {"limit": PAGE})

    def listed(
        self, model: str, document: str, asked: Mapping[str, Any]
    ) -> Iterator[Sequence[tuple[RowKey, StoredRow]]]:
        """Yield every row of a list, page by page, as `pages` does."""
        token = None
        while True:
            rows, token = self._listed(model, document, asked, token)
            yield rows
            if token is None:
                return

    def page(self, model: str, token: str | None) -> tuple[ListedRows, str | None]:
        """Return one page of `pages`, and the token of the next one."""
        return self._listed(model, self._schema.lists[model], {"limit": PAGE}, token)

    def _listed(
        self, model: str, document: str, asked: Mapping[str, Any], token: str | None
    ) -> tuple[ListedRows, str | None]:
        variables = {**asked} | ({} if token is None else {"nextToken": token})
        page, unreadable = patiently(partial(self._page, document, variables))
        rows = [(row["id"], self._row(model, row)) for row in page["items"] if row]
        rows += [(id, UnreadableRow(None, None)) for id in unreadable]
        return [(RowKey(model, id), row) for id, row in rows], page.get("nextToken")

    def create(self, key: RowKey, row: Row) -> None:
        sent = {k: v for k, v in to_graphql(self._schema, key.model, row).items() if v is not None}
        require_opened(row, sent)
        run(self._session, self._document("create", key.model), {"input": sent})

    def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
        """Send the fields that differ, or all; a null removes the attribute."""
        changed, condition = to_graphql(self._schema, key.model, row), replacing(row, replaces)
        if not isinstance(replaces, UnreadableRow):
            before = to_graphql(self._schema, key.model, replaces)
            changed = {k: v for k, v in changed.items() if v != before[k] or k in ALWAYS_SENT}
        require_opened(row, changed)
        variables = {"input": {**changed, "id": key.id}, "condition": condition}
        run(self._session, self._document("update", key.model), variables)

    def _guard(self, document: str, key: RowKey, name: str) -> int | None:
        try:
            found = run(self._session, selecting(document, (name,)), {"id": key.id})
        except RowsUnreadable:
            return None
        return found and cast(int, found[name])

    def _row(self, model: str, found: dict[str, Any]) -> StoredRow:
        try:
            return from_graphql(self._schema, model, found)
        except (ValidationError, json.JSONDecodeError):
            return UnreadableRow(found["version"], found["projectionVersion"])

    def _page(self, document: str, variables: dict[str, Any]) -> tuple[Any, Sequence[str]]:
        """Return a page, and the ids of the rows on it that cannot be read."""
        try:
            return run(self._session, document, variables), ()
        except RowsUnreadable as error:
            ids = run(self._session, selecting(document, ("id",)), variables)
            return error.data, left_out(error.data, ids)

    def _document(self, verb: str, model: str) -> str:
        """Return a generated document, such as `UPDATE_ORDER`."""
        return cast(str, self._schema.documents[f"{verb}_{snake(model)}".upper()])


def require_opened(row: Row, sent: Collection[str]) -> None:
    """Raises `ValueError` for a field that would be sent sealed: no row ever shows that."""
    names: list[str] = [one.name for one in fields(cast(Any, row))]
    sealed = [name for name in names if isinstance(getattr(row, name), Unopened)]
    if found := [name for name in sealed if camel(name) in sent]:
        raise ValueError(f"{', '.join(found)} of {type(row).__name__} must be opened first")


def replacing(row: Row, replaces: StoredRow) -> dict[str, Any]:
    """Return the condition under which `row` replaces what was read.

    Nobody but another projector writes a version that can be read in the place of one that cannot;
    its row is replaced only if it is older.
    """
    condition: dict[str, Any] = {}
    if replaces.projection_version is not None:
        condition["projectionVersion"] = {"eq": replaces.projection_version}
    if replaces.version is not None:
        return {"version": {"eq": replaces.version}, **condition}
    no_version = [
        {"not": {"version": {"attributeType": "number"}}},
        {"version": {"gt": GREATEST_INT}},
        {"version": {"le": row.version}},
    ]
    return {"or": no_version, **condition}


def left_out(page: Any, ids: Any) -> Sequence[str]:  # noqa: ANN401 - pages of a list
    """Return the ids of the rows that are null on a page, from the same page of ids alone."""
    shown = {row["id"] for row in page["items"] if row}
    pairs = zip(page["items"], ids["items"], strict=False)
    return [named["id"] for row, named in pairs if row is None and named["id"] not in shown]


def signed_session(url: str) -> GraphQLSession:
    """Open a session with the function's role; template.yaml grants it single fields."""
    session = boto3.Session()
    credentials = session.get_credentials()
    if credentials is None or session.region_name is None:
        raise RuntimeError("no AWS credentials or region in the environment")
    return open_session(url, SigV4(credentials, session.region_name))


def to_graphql(schema: ReadModels, model: str, row: Row) -> dict[str, Any]:
    """Return the fields of the row for a mutation: AWSJSON is JSON in a string."""
    values = adapter(type(row)).dump_python(row, mode="json")
    for name in schema.json_fields[model] & values.keys():
        values[name] = None if values[name] is None else encoded(values[name])
    return {camel(name): value for name, value in values.items()}


def encoded(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_graphql(schema: ReadModels, model: str, found: dict[str, Any]) -> Row:
    named = names(schema.rows[model])
    values = {named[name]: value for name, value in found.items() if name in named}
    for name in schema.json_fields[model] & values.keys():
        values[name] = None if values[name] is None else json.loads(values[name])
    return cast(Row, adapter(schema.rows[model]).validate_python(_whole_owner(values)))


@cache
def names(row_class: type) -> Mapping[str, str]:
    """Return the names of the fields by those in GraphQL: `sha256` has no other way back."""
    return {camel(one.name): one.name for one in fields(row_class)}


def _whole_owner(values: dict[str, Any]) -> dict[str, Any]:
    """Restore `<sub>::<username>`: Amplify's resolver of `owner` shows only the last part."""
    owner, user = values.get("owner"), values.get("user_id")
    if owner and user and "::" not in owner:
        values["owner"] = f"{user}::{owner}"
    return values


@cache
def adapter(row_class: type) -> TypeAdapter[Any]:
    return TypeAdapter(row_class)
