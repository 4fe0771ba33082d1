"""Deferred commands: taken with `Prefer: respond-async`, kept in a ticket, and run later."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from pydantic.alias_generators import to_camel

from application.commit import canonical_json
from application.privacy.subject_keys import SubjectIsForgotten
from application.writing.deferral import Deferral, Outcome, Status, Ticket, ticket_key
from application.writing.requests import NO_VERSION
from edge.caller import Caller
from edge.commands.answers import accepted_body, location
from edge.commands.bodies import DeferredBody
from edge.commands.controls import Controls
from edge.commands.sending import Commands, perform, traced
from edge.commands.sent import SentCommand, from_named_envelope
from edge.http.api import CORRELATION_ID
from edge.http.problems import EXPECTED, problem_of
from edge.observability import correlate, logger
from kernel.digest import canonical
from kernel.messages import plain_id

# A type of its own: the answers to clients that never prefer it stay the same.
DEFERRED = "application/vnd.skafu.deferred+json"
APPLIED = {"Preference-Applied": "respond-async"}
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class DeferredCommands:
    """Defers commands whose shape and sender were checked; all else is checked when they run."""

    commands: Commands
    deferral: Deferral

    def defer(self, sent: SentCommand, root: str) -> Response[Any]:
        """Raises `CommandIdReused` and `Unavailable`."""
        with traced("defer", sent) as followed:
            return self._defer(followed, root)

    def _defer(self, sent: SentCommand, root: str) -> Response[Any]:
        envelope, kept = to_named_envelope(sent), list[bytes]()

        def request() -> bytes:
            kept.append(self._request(sent, envelope))
            return kept[-1]

        ticket = self.deferral.defer(
            sent.metadata.identity,
            sent.aggregate_id,
            sent.who.sub,
            fingerprint(envelope, if_match(sent)),
            request,
        )
        logger.info("deferred", extra=about(sent, ticket, repeated=not kept))
        return pending(ticket, sent, root)

    def _request(self, sent: SentCommand, envelope: Mapping[str, Any]) -> bytes:
        """Return what the ticket keeps, sealed under the sender's key."""
        who = sent.who
        content = {
            "caller": asdict(who) | {"groups": sorted(who.groups), "token": ""},
            "item": envelope,
            "traceparent": sent.metadata.traceparent,
            "place": sent.place,
            **if_match(sent),
        }
        octets, sealer = canonical_json(content).encode(), self.commands.sealer
        return octets if sealer is None else sealer.seal_octets(who.sub, octets)


def about(sent: SentCommand, ticket: Ticket, *, repeated: bool) -> dict[str, Any]:
    """Return the fields of a deferred command's log line: no payload."""
    fields = {"command": sent.operation.name, "command_id": ticket.command_id}
    marked = {"repeated": True} if repeated else {}
    return {**fields, "ticket": ticket.key, "status": ticket.status, **marked}


def to_named_envelope(sent: SentCommand) -> dict[str, Any]:
    """Return an envelope from which `from_named_envelope` makes the same command."""
    metadata = sent.metadata
    correlated = metadata.correlation_id != metadata.command_id
    data = sent.body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {
        "type": sent.operation.name,
        "commandId": metadata.command_id,
        "aggregateId": sent.target,
        "expectedVersion": None if if_match(sent) else metadata.expected_version,
        "onConflict": metadata.on_conflict,
        "correlationId": metadata.correlation_id if correlated else None,
        "data": data | {to_camel(name): value for name, value in sent.ids.items()},
    }


def if_match(sent: SentCommand) -> dict[str, str]:
    """Return the versions that no envelope can hold, in the form of the header; mostly none."""
    first, others = sent.metadata.expected_version, sent.metadata.other_versions
    if first == NO_VERSION:
        return {"ifMatch": '""'}
    versions = [first, *others] if others else []
    return {"ifMatch": ", ".join(f'"{version}"' for version in versions)} if versions else {}


def fingerprint(envelope: Mapping[str, Any], if_match: Mapping[str, str] = NOTHING) -> str:
    """Return a hash that tells two commands under one id apart; correlation makes none another."""
    whole = {**envelope, **if_match}
    content = {name: value for name, value in whole.items() if name != "correlationId"}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def pending(ticket: Ticket, sent: SentCommand, root: str) -> Response[Any]:
    body = DeferredBody.model_validate({"commandId": ticket.command_id, "status": ticket.status})
    return Response(
        status_code=HTTPStatus.ACCEPTED,
        content_type=DEFERRED,
        body=body.model_dump_json(by_alias=True),
        headers={
            "Location": root + outcome_of(ticket, sent),
            CORRELATION_ID: sent.metadata.correlation_id,
            **APPLIED,
        },
    )


def outcome_of(ticket: Ticket, sent: SentCommand) -> str:
    """Return where the outcome is read; the key alone may lead to that of another aggregate."""
    place = f"/commands/{ticket.command_id}"
    if ticket.key == ticket_key(sent.metadata.identity):
        return place
    return f"{place}?target={sent.operation.collection[1:]}/{plain_id(sent.aggregate_id)}"


@dataclass(frozen=True)
class RunDeferred:
    """Runs the command of a ticket: the `execute` of a `Worker`."""

    commands: Commands

    def __call__(self, ticket: Ticket) -> Outcome:
        """Raises transient errors (`Unavailable`), and unexpected ones."""
        try:
            sent = self._sent(ticket)
            correlate(sent.metadata.correlation_id)
            body = accepted_body(perform(self.commands, sent))
        except EXPECTED as error:
            problem, _ = problem_of(error)
            if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return Status.REFUSED, {"problem": problem.model_dump(exclude_none=True)}
        answer = body.model_dump(by_alias=True, include={"aggregate_id", "version", "timestamp"})
        return Status.ACCEPTED, answer | {"location": location(body, sent)}

    def _sent(self, ticket: Ticket) -> SentCommand:
        octets, sealer = ticket.request or b"", self.commands.sealer
        text = octets if sealer is None else sealer.open_octets(ticket.subject, octets)
        if text is None:
            raise SubjectIsForgotten(ticket.subject)
        request = json.loads(text)
        groups = frozenset(request["caller"]["groups"])
        who = Caller(**request["caller"] | {"groups": groups})
        contents, envelope = self.commands.contents, request["item"]
        controls = Controls.of_headers(if_match=request.get("ifMatch"))
        sent = from_named_envelope(who, contents, envelope, request["traceparent"], controls)
        # Problems name fields where they were sent; earlier releases did not keep where that was.
        return replace(sent, place=tuple(request.get("place", sent.place)))
