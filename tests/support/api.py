"""The two APIs in process, called as API Gateway calls them."""

import json
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver

from edge.http.api import resolve


@dataclass(frozen=True)
class Person:
    """The person who is signed in; without a `sub`, nobody is."""

    sub: str
    username: str = ""
    groups: str = ""
    email: str = ""
    name: str = ""

    def claims(self) -> dict[str, str]:
        claims = {"sub": self.sub, "cognito:username": self.username, "token_use": "id"}
        given = {"cognito:groups": self.groups, "email": self.email, "name": self.name}
        return claims | {name: value for name, value in given.items() if value}


SOURCE_IP = "203.0.113.7"
ADA = Person("ada-sub", "ada")
EVE = Person("eve-sub", "eve")
DEVELOPER = Person("dev-sub", "dev", "Developer")
ADMIN = Person("root-sub", "root", "Admin")


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: dict[str, str]

    @property
    def body(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.text)

    @property
    def problem(self) -> str:
        """The last part of the problem's type, once it has been checked to be a whole problem."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert {"type", "title", "status", "detail"} <= self.body.keys()
        assert self.body["status"] == self.status
        return str(self.body["type"]).removeprefix("https://skafu.dev/problems/")

    @property
    def faults(self) -> list[str]:
        """The paths of what is wrong with the request."""
        return [fault["path"] for fault in self.body["errors"]]


@dataclass(frozen=True)
class Api:
    """Calls as one person, unless another is named; or as a machine, by its ARN."""

    app: APIGatewayRestResolver
    person: Person | None = field(default=ADA)
    machine: str | None = None

    def as_(self, person: Person | None) -> "Api":
        return Api(self.app, person)

    def as_machine(self, arn: str) -> "Api":
        return Api(self.app, None, arn)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        return self.call("POST", path, body, headers)

    def patch(self, path: str, body: object = None, **headers: str) -> Answer:
        return self.call("PATCH", path, body, headers)

    def get(self, path: str, query: dict[str, str] | None = None, **headers: str) -> Answer:
        return self.call("GET", path, None, headers, query)

    def call(
        self,
        method: str,
        path: str,
        body: object,
        headers: dict[str, str],
        query: dict[str, str] | None = None,
    ) -> Answer:
        """`idempotency_key="k"` is the header `Idempotency-Key`; text goes as it is, else JSON."""
        answer = resolve(self.app, self.event(method, path, body, named(headers), query), None)
        firsts = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
        return Answer(answer["statusCode"], answer.get("body") or "", firsts)

    def event(
        self,
        method: str,
        path: str,
        body: object,
        headers: dict[str, str],
        query: dict[str, str] | None,
    ) -> dict[str, Any]:
        authorizer = {} if self.person is None else {"claims": self.person.claims()}
        return {
            "resource": "/{proxy+}",
            "path": path,
            "httpMethod": method,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": query,
            "multiValueQueryStringParameters": {n: [v] for n, v in (query or {}).items()},
            "pathParameters": {"proxy": path.lstrip("/")},
            "requestContext": {
                "requestId": "request-1",
                "stage": "t",
                "identity": {
                    "sourceIp": SOURCE_IP,
                    "userAgent": headers.get("User-Agent"),
                    "userArn": self.machine,
                },
                "authorizer": authorizer,
            },
            "body": body if body is None or isinstance(body, str) else json.dumps(body),
            "isBase64Encoded": False,
        }


def named(headers: dict[str, str]) -> dict[str, str]:
    defaults = {
        "Authorization": "Bearer token-of-the-caller",
        "Content-Type": "application/json",
        "Origin": "https://app.example",
    }
    return defaults | {name.replace("_", "-").title(): v for name, v in headers.items()}
