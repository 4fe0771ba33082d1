"""A client of the running stack: sign in, send, look into the tables."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import urljoin, urlsplit

import requests
import uuid6

from local import people
from local.aws import Aws

# Half as long as a token is good for.
TOKEN_SECONDS = 1800
# Seconds: longer than the gateway waits for a function, on a busy machine too.
LONGEST = 120
Json = dict[str, Any]
T = TypeVar("T")


@dataclass
class ApiClient:
    """One person's view of the stack whose `outputs.json` is given."""

    outputs: Json
    email: str
    session: requests.Session = field(default_factory=requests.Session)

    @cached_property
    def tokens(self) -> dict[str, str]:
        """`IdToken` and `AccessToken`."""
        user = next(user for user in self.outputs["users"] if user["email"] == self.email)
        endpoint, pool = self.outputs["awsEndpointUrl"], self.outputs["userPoolClientId"]
        period = int(time.time() // TOKEN_SECONDS)
        return signed_in(endpoint, pool, self.email, user["password"], period)

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        *,
        token: str | None = "",
    ) -> requests.Response:
        """`body` goes as JSON unless it is text; `token` None leaves the header out.

        `path` is that of an operation, or what an answer leads to: a whole path, as in `Location`.
        """
        text = body if isinstance(body, str | bytes | None) else json.dumps(body)
        sent = {"Content-Type": "application/json", **(headers or {})}
        if token is not None:
            sent["Authorization"] = token or self.tokens["IdToken"]
        answer = self.session.request(
            method, self.url(path), data=text, headers=sent, timeout=LONGEST
        )
        # JSON names no charset, and to guess it takes longer than all else.
        answer.encoding = answer.encoding or "utf-8"
        return answer

    def url(self, path: str) -> str:
        base: str = self.outputs["commandApiUrl"]
        return urljoin(base, path) if path.startswith(urlsplit(base).path) else base + path

    def command(self, method: str, path: str, body: object, key: str = "") -> requests.Response:
        return self.send(method, path, body, {"Idempotency-Key": key or str(uuid6.uuid7())})

    def batch(self, commands: list[Json]) -> list[Json]:
        """Return the results of commands; a request that had no time for all is sent again."""
        key = str(uuid6.uuid7())

        def tried() -> list[Json]:
            answer = self.command("POST", "/commands", {"commands": commands}, key)
            results: list[Json] = answer.json()["results"]
            untried = HTTPStatus.SERVICE_UNAVAILABLE in {result["status"] for result in results}
            return [] if untried else results

        results = eventually(tried)
        assert results, "a batch has not ended"
        return results

    def graphql(self, query: str, **variables: object) -> Json:
        answer = self.session.post(
            self.outputs["graphqlUrl"],
            json={"query": query, "variables": variables},
            headers={"Authorization": self.tokens["IdToken"]},
            timeout=LONGEST,
        )
        return cast(Json, answer.json())


@cache
def signed_in(
    endpoint: str, pool_client: str, email: str, password: str, period: int
) -> dict[str, str]:
    """Return the tokens of somebody, who signs in once in a period."""
    return people.sign_in(Aws(endpoint), pool_client, email, password)


def count_items(outputs: Json, table: str | None = None) -> int:
    paginator = Aws(outputs["awsEndpointUrl"]).client("dynamodb").get_paginator("scan")
    pages = paginator.paginate(TableName=table or outputs["eventsTable"], Select="COUNT")
    return sum(page["Count"] for page in pages)


def queue_depths(outputs: Json, part: str) -> dict[str, int]:
    """Messages, visible, in flight and delayed, of every queue whose name holds `part`.

    One that waits for a function that cannot be imported is delayed.
    """
    sqs = Aws(outputs["awsEndpointUrl"]).client("sqs")
    names = [f"ApproximateNumberOfMessages{state}" for state in ("", "NotVisible", "Delayed")]
    depths = {}
    for url in sqs.list_queues().get("QueueUrls", []):
        if part in url:
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
            depths[url.rsplit("/", 1)[1]] = sum(int(found[name]) for name in names)
    return depths


def eventually(check: Callable[[], T], seconds: float = 120.0, pause: float = 0.1) -> T:
    """The first true value of `check`; the last one when time is up."""
    deadline = time.monotonic() + seconds
    while not (found := check()) and time.monotonic() < deadline:
        time.sleep(pause)
    return found
