"""Commands that the client would rather not wait for: what is kept of them, and how they run."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from pydantic.alias_generators import to_camel

from application.commit import canonical_json
from application.privacy.subject_keys import SubjectIsForgotten
from application.writing.deferral import Deferral, Outcome, Status, Ticket
from edge.authorization import actor
from edge.caller import Caller
from edge.commands.bodies import DeferredBody
from edge.commands.sending import (
    Commands,
    Sent,
    accepted_body,
    check_user,
    correlation_of,
    from_item,
    perform,
)
from edge.http.api import CORRELATION_ID
from edge.http.problems import EXPECTED, InvalidRequest, problem_of
from edge.queries.status import KEY_IN_PATH

# A type of its own: whoever never prefers it is answered as ever.
DEFERRED = "application/vnd.skafu.deferred+json"
APPLIED = {"Preference-Applied": "respond-async"}


@dataclass(frozen=True)
class Later:
    """Defers what was sent: shape and role are checked at once, all else when it runs."""

    commands: Commands
    deferral: Deferral

    def defer(self, who: Caller, sent: Sent) -> Response[Any]:
        """Raises `Forbidden`, `InvalidRequest`, `CommandIdReused` and `Unavailable`."""
        acting = actor(who, sent.operation.who)
        check_user(who, sent)
        if not KEY_IN_PATH.fullmatch(sent.command_id):
            raise InvalidRequest(
                "The Idempotency-Key of a deferred command must be 1 to 128 characters: letters, "
                "digits and - . _ ~ : @.",
                "Idempotency-Key",
            )
        item = to_item(sent)
        ticket = self.deferral.defer(
            (acting.principal, sent.command_id),
            who.sub,
            mark(item),
            lambda: self._request(who, item, sent.traceparent),
        )
        return pending(ticket, sent)

    def _request(self, who: Caller, item: Mapping[str, Any], traceparent: str | None) -> bytes:
        caller = asdict(who) | {"groups": sorted(who.groups), "token": ""}
        text = canonical_json({"caller": caller, "item": item, "traceparent": traceparent})
        sealer = self.commands.sealer
        return text.encode() if sealer is None else sealer.seal_octets(who.sub, text.encode())


def to_item(sent: Sent) -> dict[str, Any]:
    """As an item of a batch has it: the inverse of `from_item`."""
    data = sent.body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {
        "type": sent.operation.name,
        "commandId": sent.command_id,
        "aggregateId": sent.target,
        "expectedVersion": sent.expected_version,
        "onConflict": sent.on_conflict,
        "correlationId": sent.correlation_id,
        "data": data | {to_camel(name): value for name, value in sent.ids.items()},
    }


def mark(item: Mapping[str, Any]) -> str:
    """What makes two commands under one id the same: all but what they are correlated with."""
    content = {name: value for name, value in item.items() if name != "correlationId"}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def pending(ticket: Ticket, sent: Sent) -> Response[Any]:
    body = DeferredBody.model_validate({"commandId": ticket.command_id, "status": ticket.status})
    return Response(
        status_code=HTTPStatus.ACCEPTED,
        content_type=DEFERRED,
        body=body.model_dump_json(by_alias=True),
        headers={
            "Location": f"/commands/{ticket.command_id}",
            CORRELATION_ID: correlation_of(sent),
            **APPLIED,
        },
    )


@dataclass(frozen=True)
class Run:
    """Runs a ticket's command: an `execute` of `Worker`."""

    commands: Commands

    def __call__(self, ticket: Ticket) -> Outcome:
        """Raises what may pass (`Unavailable`), and what nobody foresaw."""
        try:
            who, sent = self._opened(ticket)
            accepted = accepted_body(perform(self.commands, who, sent))
        except EXPECTED as error:
            problem, _ = problem_of(error)
            if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return Status.REFUSED, {"problem": problem.model_dump(exclude_none=True)}
        place = f"{sent.operation.collection}/{accepted.aggregate_id}"
        told = accepted.model_dump(by_alias=True, include={"aggregate_id", "version", "timestamp"})
        return Status.ACCEPTED, told | {"location": place}

    def _opened(self, ticket: Ticket) -> tuple[Caller, Sent]:
        octets, sealer = ticket.request or b"", self.commands.sealer
        text = octets if sealer is None else sealer.open_octets(ticket.subject, octets)
        if text is None:
            raise SubjectIsForgotten(ticket.subject)
        request = json.loads(text)
        caller = request["caller"]
        who = Caller(**caller | {"groups": frozenset(caller["groups"])})
        return who, from_item(self.commands.contents, request["item"], request["traceparent"])
