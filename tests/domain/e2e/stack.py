"""The running system that the tests use, as its outputs.json describes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import requests

from local.aws import Aws
from tests.domain.e2e.page import SkafuPage

ROLES = ("owner", "second", "developer", "admin")


class OpenPage(Protocol):
    """Opens a browser of its own for someone, and has the page live when it returns."""

    def __call__(self, role: str, path: str = "/") -> SkafuPage: ...


@dataclass(frozen=True, slots=True)
class Stack:
    web_url: str
    graphql_url: str
    command_api_url: str
    users: dict[str, dict[str, str]]
    aws: Aws

    def query(self, token: str, document: str, **variables: object) -> dict[str, Any]:
        answer = requests.post(
            self.graphql_url,
            json={"query": document, "variables": variables},
            headers={"Authorization": token},
            timeout=60,
        )
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    def command(
        self, token: str, path: str, data: Mapping[str, object], method: str = "POST"
    ) -> requests.Response:
        headers = {"Authorization": token}
        url = self.command_api_url + path
        return requests.request(method, url, json=data, headers=headers, timeout=60)


def described(outputs: dict[str, Any]) -> Stack:
    return Stack(
        web_url=outputs["webUrl"].rstrip("/"),
        graphql_url=outputs["graphqlUrl"],
        command_api_url=outputs["commandApiUrl"].rstrip("/"),
        users=dict(zip(ROLES, outputs["users"], strict=True)),
        aws=Aws(outputs["awsEndpointUrl"]),
    )
