"""Reads of AppSync with the caller's own token, so that its rules decide who sees what."""

from typing import Any

from adapters import appsync_documents as documents
from adapters.appsync_session import AppSyncError, GraphQLSession, run
from application.ports import NotAllowed

Page = dict[str, Any]
"""`{items: [...], nextToken}` as AppSync gives it."""

NOT_DELETED = {"status": {"ne": "DELETED"}}


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
        return found

    def projects_of_user(self, token: str, user_id: str, **page: Any) -> Page:  # noqa: ANN401 - passed on
        return self._page(token, documents.PROJECTS_BY_USER, userId=user_id, **page)

    def projects_by_status(self, token: str, status: str, **page: Any) -> Page:  # noqa: ANN401 - passed on
        return self._page(token, documents.PROJECTS_BY_STATUS, status=status, **page)

    def services(self, token: str, project_id: str, **page: Any) -> Page:  # noqa: ANN401 - passed on
        return self._page(
            token, documents.SERVICES_BY_PROJECT, projectId=project_id, filter=NOT_DELETED, **page
        )

    def _page(self, token: str, document: str, **variables: Any) -> Page:  # noqa: ANN401 - passed on
        page: Page = self._run(token, document, **variables)
        return page

    def _run(self, token: str, document: str, **variables: Any) -> Any:  # noqa: ANN401 - the field's value
        given = {name: value for name, value in variables.items() if value is not None}
        try:
            return run(self._session, document, given, {"Authorization": token})
        except AppSyncError as error:
            if any(kind.startswith("Unauthorized") for kind in error.kinds):
                raise NotAllowed(str(error)) from error
            raise
