"""A person of the running stack who has projects."""

from typing import cast

from tests.support.api_client import ApiClient, Json, eventually

GET_PROJECT = "query G($id: ID!) { getProject(id: $id) { id name version serviceCount owner } }"
SERVICES = "query S($id: ID!) { servicesByProject(projectId: $id) { items { name type version } } }"


class ProjectClient(ApiClient):
    def create_project(self, name: str = "Shop", **data: object) -> Json:
        answer = self.command("POST", "/projects", {"name": name, **data})
        assert answer.status_code == 202, answer.text
        return cast(Json, answer.json())


def row(client: ApiClient, project: str, version: int) -> Json | None:
    """Return the Project row, once it has reached `version`."""

    def reached() -> Json | None:
        found: Json | None = client.graphql(GET_PROJECT, id=project)["data"]["getProject"]
        return found if found and found["version"] >= version else None

    found: Json | None = eventually(reached)
    return found
