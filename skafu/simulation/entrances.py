"""Entrances to the command API: through its router, or right below it.

To route and to validate a request takes two fifths of a schedule. Below the router stands what the
routes call; that both give the same answers is a test.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import ValidationError

from application.writing.deferral import Deferral
from application.writing.requests import OnConflict
from domain.contents import contents
from edge.caller import caller, machine
from edge.commands import api, integration
from edge.commands.batch import Batch, BatchAnswer, BatchBody, BatchRunner
from edge.commands.controls import NO_CONTROLS, Controls
from edge.commands.sending import Commands
from edge.commands.sent import SentCommand, from_named_envelope, metadata_of, new_key
from edge.http.api import resolve
from edge.http.preferences import preferences
from edge.http.problems import EXPECTED, LogOnly, Problem, problem_of, reported
from kernel.operation import Json, Operation, snake
from skafu.simulation.proxy import BATCHES, MACHINES, Answer

Enter = Callable[[Json], Answer]
"""Answer a proxy event."""


def through_the_router(commands: Commands, deferral: Deferral) -> Enter:
    app = api.build(commands, deferral=deferral)

    def enter(event: Json) -> Answer:
        answer = resolve(app, event, None)
        etag = answer["multiValueHeaders"].get("ETag", [None])[0]
        return Answer(answer["statusCode"], json.loads(answer["body"]), etag)

    return enter


def below_the_router(commands: Commands, deferral: Deferral) -> Enter:
    return Below(commands, api.CommandPorts.of(commands, None, deferral)).enter


@dataclass(frozen=True)
class Below:
    """The endpoints of all routes, found by the path."""

    commands: Commands
    ports: api.CommandPorts

    def enter(self, event: Json) -> Answer:
        try:
            return self._answer(event, json.loads(event["body"]))
        except EXPECTED as error:
            return refusal(problem_of(error)[0])
        except Exception as error:  # as the router does
            return refusal(reported(error, event, LogOnly))

    def _answer(self, event: Json, body: Json) -> Answer:
        if event["path"] == MACHINES:
            return self._of_machine(event, body)
        if event["path"] == BATCHES:
            batch = Batch(caller(event), new_key(), None, None)
            return result(self._runner(event).run(batch, validated(BatchBody, body).commands))
        sent = self._sent(event, body)
        preferred = preferences(event["headers"].get("Prefer"))
        return accepted(api.handle(self.ports, sent, preferred, ""))

    def _of_machine(self, event: Json, body: Json) -> Answer:
        batch = Batch(machine(event), new_key(), None, None)
        if "commands" in body:
            runner = self._runner(event, sender_of=integration.on_behalf)
            return result(runner.run(batch, validated(BatchBody, body).commands))
        return accepted(integration.send_one(self.commands, batch, body, NO_CONTROLS, ""))

    def _runner(self, event: Json, **further: Any) -> BatchRunner:  # noqa: ANN401 - its own fields
        return BatchRunner(self.commands, lambda e: reported(e, event, LogOnly), **further)

    def _sent(self, event: Json, body: Json) -> SentCommand:
        if event["path"].startswith(BATCHES):
            named = {"type": event["path"].rpartition("/")[2], **body}
            return from_named_envelope(caller(event), contents, named)
        operation, path = routed(event["httpMethod"], event["path"])
        data = validated(operation.body, body)
        who = caller(event)
        metadata = metadata_of(who, operation, controls_of(event["headers"]), None)
        ids = {snake(name): path[name] for name in operation.ids}
        return SentCommand(who, operation, data, path.get("id"), metadata, ids)


def controls_of(headers: dict[str, str]) -> Controls:
    return Controls.of_headers(
        idempotency_key=headers["Idempotency-Key"],
        if_match=headers.get("If-Match"),
        x_on_conflict=OnConflict(headers["X-On-Conflict"]),
        x_correlation_id=headers.get("X-Correlation-Id"),
    )


def validated(model: Any, body: Json) -> Any:  # noqa: ANN401 - a class of pydantic, and one of it
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None


def accepted(response: Response[Any]) -> Answer:
    body = response.body
    found = body if isinstance(body, dict) else json.loads(str(body))
    etag = response.headers.get("ETag")
    return Answer(response.status_code, found, None if etag is None else str(etag))


def result(batch: BatchAnswer) -> Answer:
    return Answer(200, batch.model_dump(by_alias=True, mode="json", exclude_none=True))


def refusal(problem: Problem) -> Answer:
    return Answer(problem.status, problem.model_dump(mode="json", exclude_none=True))


@dataclass(frozen=True)
class RestRoute:
    operation: Operation

    @cached_property
    def path(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"<(\w+)>", r"(?P<\1>[^/]*)", self.operation.path))


REST_ROUTES = tuple(map(RestRoute, contents.operations))


def routed(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    """Return the operation of a REST route, and the ids of its path."""
    for route in REST_ROUTES:
        if route.operation.method == method and (found := route.path.fullmatch(path)):
            return route.operation, found.groupdict()
    raise ValueError(f"no operation has {method} {path}")
