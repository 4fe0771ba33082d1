"""A person of the running stack who has projects."""

import uuid
from typing import cast

import jwt

from local.aws import Aws
from local.people import PASSWORD
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


def claims(client: ProjectClient) -> Json:
    found: Json = jwt.decode(client.tokens["IdToken"], options={"verify_signature": False})
    return found


def owner_of(client: ProjectClient) -> str:
    return f"{claims(client)['sub']}::{claims(client)['cognito:username']}"


def signed_up(stack: Json) -> ProjectClient:
    """Return somebody who has never commanded, so that they have no key yet."""
    email = f"heir.{uuid.uuid4().hex[:8]}@example.com"
    cognito = Aws(stack["awsEndpointUrl"]).client("cognito-idp")
    user = {"UserPoolId": stack["userPoolId"], "Username": email}
    values = {"email": email, "email_verified": "true", "name": "Heir Apparent"}
    attributes = [{"Name": name, "Value": value} for name, value in values.items()]
    cognito.admin_create_user(**user, UserAttributes=attributes, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(**user, Password=PASSWORD, Permanent=True)
    users = [{"email": email, "password": PASSWORD}]
    return ProjectClient({**stack, "users": users}, email)
