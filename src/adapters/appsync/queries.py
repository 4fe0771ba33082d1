"""Reads of AppSync with the caller's own token, so that its rules decide who sees what."""

import json
from typing import Any

from adapters.appsync.read_models import camel
from adapters.appsync.session import AppSyncError, GraphQLSession, run
from application.ports import Invalid, NotAllowed
from projections.generated import documents
from projections.generated.rows import JSON_FIELDS

Page = dict[str, Any]
"""`{items: [...], nextToken}` as AppSync gives it."""

JSON_NAMES = frozenset(map(camel, JSON_FIELDS))
# What AppSync answers to a token that it did not give for this list. DynamoDB validates a request
# of which nothing but the token comes from outside.
BAD_TOKEN = (
    "DynamoDB:UserIllegalArgumentException",
    "DynamoDB:DynamoDbException",
    "DynamoDB:ValidationException",
)
NOT_DELETED = {"status": {"ne": "DELETED"}}


class BadPageToken(Invalid):
    """No page of this list begins there."""


class AppSyncQueries:
    """Lists go through indexes only: a bare list is a table scan."""

    def __init__(self, session: GraphQLSession) -> None:
        self._session = session

    def project(self, token: str, project_id: str) -> dict[str, Any] | None:
        """`None` when it is not there, or not for this caller: AppSync tells the two apart."""
        try:
            found: dict[str, Any] | None = self._run(token, documents.GET_PROJECT, id=project_id)
        except NotAllowed:
            return None
        return found and decoded(found)

    def projects_of_user(self, token: str, user_id: str, **page: Any) -> Page:  # noqa: ANN401 - passed on
        return self._page(token, documents.PROJECTS_BY_USER, userId=user_id, **page)

    def projects_by_status(self, token: str, status: str, **page: Any) -> Page:  # noqa: ANN401 - passed on
        return self._page(token, documents.PROJECTS_BY_STATUS, status=status, **page)

    def services(self, token: str, project_id: str, **page: Any) -> Page:  # noqa: ANN401 - passed on
        return self._page(
            token, documents.SERVICES_BY_PROJECT, projectId=project_id, filter=NOT_DELETED, **page
        )

    def _page(self, token: str, document: str, **variables: Any) -> Page:  # noqa: ANN401 - passed on
        """Raises `BadPageToken`."""
        try:
            page: Page = self._run(token, document, **variables)
        except AppSyncError as error:
            if variables.get("nextToken") and set(error.kinds) <= set(BAD_TOKEN):
                raise BadPageToken(str(error)) from error
            raise
        return page | {"items": [decoded(row) for row in page["items"]]}

    def _run(self, token: str, document: str, **variables: Any) -> Any:  # noqa: ANN401 - the field's value
        given = {name: value for name, value in variables.items() if value is not None}
        try:
            return run(self._session, document, given, {"Authorization": token})
        except AppSyncError as error:
            if any(kind.startswith("Unauthorized") for kind in error.kinds):
                raise NotAllowed(str(error)) from error
            raise


def decoded(row: dict[str, Any]) -> dict[str, Any]:
    """AppSync gives JSON as text."""
    texts = {name: row[name] for name in JSON_NAMES & row.keys() if row[name] is not None}
    return row | {name: json.loads(text) for name, text in texts.items()}
