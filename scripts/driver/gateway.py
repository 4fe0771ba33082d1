"""Requests as API Gateway and SQS hand them on, and the answers as a client sees them."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from scripts.driver.functions import Deployment
from scripts.driver.world import FAILURES, PAUSE, Calls, FixedDatetime, Json


class Driver:
    """Sends the plan's requests one after another, and remembers ids for later ones."""

    def __init__(self, deployment: Deployment, calls: Calls, people: Json) -> None:
        self._deployment = deployment
        self._calls = calls
        self._people = people
        self._known: dict[str, str] = {}
        self._sent = 0

    def send(self, step: Json) -> Json:
        """Send one request, and what it deferred; return the answer as a client sees it."""
        FixedDatetime.moment += PAUSE
        self._sent += 1
        self._known["key"] = key(FixedDatetime.moment, self._sent)
        try:
            answer = self._delivered(step) if "message" in step else self._answered(step)
        except Exception as error:  # an invocation that fails is an outcome, too
            answer = {"raised": f"{type(error).__name__}: {error}"}
        return {**answer, "failures": failures(self._calls.taken())}

    def _answered(self, step: Json) -> Json:
        function = "QueryApi" if step["method"] == "GET" else "CommandApi"
        answer = self._deployment.function(function)(self._event(step))
        while self._calls.started:
            self._deployment.function("CommandWorker")(self._calls.started.pop(0))
        self._learn(step, answer)
        return {
            "status": answer["statusCode"],
            "headers": answer.get("multiValueHeaders", {}) | answer.get("headers", {}),
            "body": as_json(answer.get("body")),
        }

    def _delivered(self, step: Json) -> Json:
        """Deliver an event of another domain to the integration's queue."""
        detail = self._filled(step["message"])
        record = sqs_record(1, "deployment_status", "github.com", detail)
        return {"body": self._deployment.function("IntegrationConsumer")({"Records": [record]})}

    def _learn(self, step: Json, answer: Json) -> None:
        """Keep the version and, under the step's name for it, the aggregate's id."""
        body = as_json(answer.get("body"))
        if answer["statusCode"] != 202 or "aggregateId" not in body:
            return
        self._known["version"] = str(body["version"])
        if "keep" in step:
            self._known[step["keep"]] = body["aggregateId"]

    def _filled(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """Fill in `{name}`, wherever it stands, with what is known under the name."""
        text = json.dumps(value)
        for name, known in (self._known | self._calls.ids).items():
            text = text.replace(f"{{{name}}}", known)
        return json.loads(text)

    def _event(self, step: Json) -> Json:
        who = self._people[step["who"]]
        filled = self._filled(with_key(step))
        path, body, sent = filled["path"], filled.get("body"), filled["headers"]
        return {
            "resource": "/{proxy+}",
            "path": path,
            "httpMethod": step["method"],
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
            "queryStringParameters": filled.get("query"),
            "multiValueQueryStringParameters": {
                name: [value] for name, value in filled.get("query", {}).items()
            },
            "pathParameters": {"proxy": path.lstrip("/")},
            "requestContext": {
                "requestId": "request-1",
                "stage": "dev",
                "identity": {"sourceIp": "203.0.113.7", "userAgent": "driver", **who["identity"]},
                "authorizer": {"claims": who["claims"]} if who["claims"] else {},
            },
            "body": body if isinstance(body, str | None) else json.dumps(body),
            "isBase64Encoded": False,
        }


def with_key(step: Json) -> Json:
    """Add the command's key where it belongs: task style has it in the body."""
    headers = {"Content-Type": "application/json", **step.get("headers", {})}
    if step["method"] == "GET":
        return {**step, "headers": headers}
    if step["path"].startswith("/commands/"):
        return {**step, "headers": headers, "body": {"commandId": "{key}", **step["body"]}}
    return {**step, "headers": {"Idempotency-Key": "{key}", **headers}}


def failures(entries: list[Json]) -> list[Json]:
    """Return what was reported, without the texts."""
    found = [json.loads(entry["Detail"]) for entry in entries if entry["Source"] == FAILURES]
    return [{name: value for name, value in f.items() if name != "why"} for f in found]


def key(moment: datetime, number: int) -> str:
    """Return a UUIDv7 of the moment."""
    milliseconds = int(moment.timestamp() * 1000)
    return str(UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | number))


def as_json(body: str | None) -> Any:  # noqa: ANN401 - JSON, or text
    try:
        return json.loads(body or "null")
    except ValueError:
        return body


def sqs_record(number: int, detail_type: str, source: str, detail: object) -> Json:
    """Wrap an entry of the event bus as its rule sends it to a queue."""
    body = {"id": str(number), "detail-type": detail_type, "source": source, "detail": detail}
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1767355200000"}
    return {"messageId": str(number), "body": json.dumps(body), "attributes": attributes}
