"""Everybody who can call the running stack: people, machines, and those whose token is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import jwt
import uuid6

from local.stack import Stack
from tests.integration.test_bad_input import expired, forged, service, unsigned
from tests.integration.test_way_of_a_command import row
from tests.support.api_client import ApiClient, eventually
from tests.support.appsync_client import AppSync, Credential, fresh_id, signed

NOBODY = ("anonymous", "forged", "unsigned", "expired", "access", "machine")
"""Whom the gateway refuses on the routes of people."""
PEOPLE = ("second", "developer", "owner", "admin")
SERVICE_IDS = "query S($id: ID!) { found: servicesByProject(projectId: $id) { items { id } } }"
CHECKPOINT = "query C($id: ID!) { found: getServiceCheckpoint(id: $id) { id } }"


@dataclass
class Matrix:
    """Everybody who may call, and a project of the owner's with a service and its rows."""

    stack: Stack
    clients: dict[str, ApiClient] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    key: str = field(default_factory=lambda: str(uuid6.uuid7()))

    def client(self, who: str) -> ApiClient:
        known = self.clients.get(who)
        self.clients[who] = known or ApiClient(self.stack.outputs, f"{who}@skafu.dev")
        return self.clients[who]

    @cached_property
    def tokens(self) -> Mapping[str, str | None]:
        mine = self.client("owner").tokens
        return {
            "anonymous": None,
            "forged": forged(mine["IdToken"]),
            "unsigned": unsigned(mine["IdToken"]),
            "expired": expired(self.stack.outputs),
            "access": mine["AccessToken"],
            "machine": signed(self.stack.outputs["commandApiUrl"], "{}")["Authorization"],
        }

    @cached_property
    def owner(self) -> str:
        token = self.client("owner").tokens["IdToken"]
        claims = jwt.decode(token, options={"verify_signature": False})
        return f"{claims['sub']}::{claims['cognito:username']}"

    def appsync(self, who: str) -> AppSync:
        return AppSync(self.stack.outputs, self.credential(who))

    def credential(self, who: str) -> Credential:
        if who.startswith("machine"):
            return Credential(signs=True)
        if who == "api key":
            key = (self.stack.options.state_dir / "api-key").read_text()
            return Credential({"x-api-key": key.strip()})
        token = self.client(who).tokens["IdToken"] if who in PEOPLE else self.tokens[who]
        return Credential({} if token is None else {"authorization": token})

    def prepare(self) -> None:
        owner = self.client("owner")
        data = {"name": "Matrix", "services": [service("first")]}
        project = owner.command("POST", "/projects", data, self.key).json()["aggregateId"]
        assert row(owner, project, 2)
        found = eventually(lambda: owner.graphql(SERVICE_IDS, id=project)["data"]["found"]["items"])
        self.ids = {"id": project, "serviceId": found[0]["id"], "command_id": self.key}
        self.ids["deploymentId"] = fresh_id()
        assert eventually(lambda: self.checkpoint(project))

    def checkpoint(self, project: str) -> object:
        return self.client("admin").graphql(CHECKPOINT, id=project)["data"]["found"]
