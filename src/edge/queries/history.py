"""History from the store, for the owner and for Admin: events, past states, outcomes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, JsonValue, StringConstraints
from pydantic.alias_generators import to_camel

from application.commit import Commit
from application.folding import Snapshot
from application.privacy.opening import Opener
from application.publishing.envelopes import envelopes
from application.reading.history import (
    EnvelopesOf,
    command_outcome,
    owner_in,
    owner_of,
    state_at_moment,
    state_at_version,
    trail,
)
from edge.caller import Caller, Forbidden
from edge.commands.bodies import CommandId
from edge.http.api import REQUIRED, Parameter
from edge.http.problems import InvalidRequest
from edge.queries.routes import (
    ID,
    LIMIT,
    NEXT,
    Limit,
    ListBody,
    Meta,
    Number,
    OneBody,
    Pagination,
    QueryPorts,
    Route,
    json_response,
)
from kernel.aggregate import AnyAggregate
from kernel.contents import Contents
from kernel.messages import AggregateId, Message, iso_milliseconds, plain_id
from kernel.values import Expected


def utc(moment: datetime) -> str:
    """Return the moment in the form of events. Raises `ValueError` outside the calendar."""
    try:
        return iso_milliseconds(moment)
    except OverflowError:
        raise ValueError("The moment lies outside the calendar.") from None


Sequence = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{0,8}$"),
    Expected("the `nextToken` of an earlier answer"),
]
Moment = Annotated[
    AwareDatetime,
    AfterValidator(utc),
    Expected("a date and time with its offset from UTC, such as 2026-01-18T10:30:00Z"),
]

EVENTS: dict[str, Parameter] = {
    "id": ID,
    "limit": (Annotated[Limit, LIMIT], 100),
    "next_token": (Annotated[Sequence | None, NEXT], None),
}
STATE: dict[str, Parameter] = {
    "id": ID,
    "version": (
        Annotated[Number | None, Query(description="The state after the event of this number.")],
        None,
    ),
    "at": (
        Annotated[
            Moment | None,
            Query(description="The state at this moment, such as 2026-01-18T10:30:00Z."),
        ],
        None,
    ),
}
COMMAND: dict[str, Parameter] = {
    "id": ID,
    "command_id": (
        Annotated[CommandId, Path(description="The id of the command: its Idempotency-Key.")],
        REQUIRED,
    ),
}


EVENTS_DESCRIPTION = """List every event of the {noun}, oldest first: what happened, when, by whom.

Personal data of somebody else stays sealed. For the owner and for Admin.
"""
STATE_DESCRIPTION = """Get the state of the {noun} as the rules see it, folded from its events.

`version` or `at` go back in time: to the state after an event, or at a moment. Without either, it
is the newest state. Refused when the {noun} has no such version (`no-such-version`). For the owner
and for Admin.
"""
COMMAND_DESCRIPTION = """Get the events that one of your commands has recorded for the {noun}.

A command that was refused, or that changed nothing, has recorded none: it is answered with 404
(`command-not-found`). For the owner and for Admin, who find their own commands only.
"""


class OutcomeData(Message):
    """The outcome of a command: the events that it recorded, and the version after them."""

    command_id: str
    status: str = "accepted"
    aggregate_id: str
    version: int
    timestamp: str
    correlation_id: str
    events: list[dict[str, JsonValue]]


class OutcomeBody(Message):
    data: OutcomeData
    meta: Meta


def routes(contents: Contents) -> Iterator[Route]:
    for collection, kind in contents.collections():
        under, noun = partial(_route, kind, f"{collection}/<id>"), kind.noun
        yield under(
            list_events, ListBody, EVENTS,
            path="/events",
            name=f"list_{noun}_events",
            summary=f"List the events of {a(noun)}",
            description=EVENTS_DESCRIPTION.format(noun=noun),
        )  # fmt: skip
        yield under(
            get_state, OneBody, STATE,
            path="/state",
            name=f"get_{noun}_state",
            summary=f"Get the state of {a(noun)}, now or in the past",
            description=STATE_DESCRIPTION.format(noun=noun),
        )  # fmt: skip
        yield under(
            get_command, OutcomeBody, COMMAND,
            path="/commands/<command_id>",
            name=f"get_{noun}_command",
            summary=f"Get the outcome of a command for {a(noun)}",
            description=COMMAND_DESCRIPTION.format(noun=noun),
        )  # fmt: skip


def a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _route(
    kind: AnyAggregate,
    root: str,
    endpoint: Any,  # noqa: ANN401 - any of the functions below
    body: type[Message],
    parameters: dict[str, Parameter],
    *,
    path: str,
    **documented: Any,  # noqa: ANN401 - texts
) -> Route:
    def answered(ports: QueryPorts, who: Caller, **given: Any) -> Response[Any]:  # noqa: ANN401 - validated
        response: Response[Any] = endpoint(kind, ports, who, **given)
        return response

    return Route(root + path, answered, body, parameters, tag="History", **documented)


def list_events(
    kind: AnyAggregate, ports: QueryPorts, who: Caller, id: str, limit: int, next_token: str | None
) -> Response[Any]:
    """List the events of an aggregate: its audit trail."""
    aggregate = authorized(kind, ports, who, id)
    shown = shown_to(who, ports, kind)
    page = trail(ports.store, aggregate, int(next_token or 1), limit, shown)
    following = None if page.next_sequence is None else str(page.next_sequence)
    last = page.events[-1] if page.events else {"timestamp": None, "eventSequence": 0}
    return json_response(
        ListBody(
            data=page.events,
            pagination=Pagination(limit=limit, next_token=following),
            meta=Meta(last_updated=last["timestamp"], version=last["eventSequence"]),
        )
    )


def get_state(
    kind: AnyAggregate,
    ports: QueryPorts,
    who: Caller,
    id: str,
    version: int | None,
    at: str | None,
) -> Response[Any]:
    """Fold the events up to a version or a moment, or all of them."""
    aggregate = kind.id(id)
    found = state_at_version(ports.store, kind, aggregate)
    admit(kind, who, owner_in(kind, found.state))  # the owner of now, whoever it was then
    if version is not None or at is not None:
        found = _past(kind, ports, aggregate, version, at)
    meta = Meta(last_updated=found.timestamp, version=found.version)
    return json_response(OneBody(data=shown(found.state), meta=meta))


def _past(
    kind: AnyAggregate,
    ports: QueryPorts,
    aggregate: AggregateId,
    version: int | None,
    at: str | None,
) -> Snapshot[Any]:
    if at is None:
        return state_at_version(ports.store, kind, aggregate, version)
    if version is not None:
        raise InvalidRequest("Give either `version` or `at`, not both.", "at")
    if at > iso_milliseconds(ports.clock()):
        raise InvalidRequest("`at` must not lie in the future.", "at")
    return state_at_moment(ports.store, kind, aggregate, at)


def get_command(
    kind: AnyAggregate, ports: QueryPorts, who: Caller, id: str, command_id: str
) -> Response[Any]:
    """Find the events of a command; one that was refused or changed nothing left none."""
    aggregate = authorized(kind, ports, who, id)
    commit = command_outcome(ports.store, aggregate, command_id, who.owner, ports.clock())
    meta = Meta(last_updated=commit.timestamp, version=commit.last_sequence)
    events = shown_to(who, ports, kind)(commit)
    return json_response(OutcomeBody(data=outcome(commit, events), meta=meta))


def shown_to(who: Caller, ports: QueryPorts, kind: AnyAggregate) -> EnvelopesOf:
    """Return how the caller sees events: only Admin sees what is sealed for somebody else."""
    if ports.sealer is None:
        return envelopes
    opener = Opener(ports.sealer, lambda subject: who.is_admin or subject == who.sub)
    return partial(opener.envelopes, kind.events)


def outcome(commit: Commit, events: Iterable[dict[str, Any]]) -> OutcomeData:
    return OutcomeData(
        command_id=commit.command_id,
        aggregate_id=plain_id(commit.aggregate_id),
        version=commit.last_sequence,
        timestamp=commit.timestamp,
        correlation_id=commit.correlation_id,
        events=list(events),
    )


def authorized(kind: AnyAggregate, ports: QueryPorts, who: Caller, plain: str) -> AggregateId:
    aggregate = kind.id(plain)
    admit(kind, who, owner_of(ports.store, kind, aggregate))
    return aggregate


def admit(kind: AnyAggregate, who: Caller, owner: str) -> None:
    """Let the owner and Admin pass. Raises `Forbidden` for Developers, not found for others."""
    if who.is_admin or owner == who.owner:
        return
    if who.is_developer:
        raise Forbidden("Only the owner and Admin may read the history.")
    raise kind.not_found()


def shown(value: Any) -> Any:  # noqa: ANN401 - JSON of any part of a state
    """Return JSON: fields are named in camelCase, keys of maps stay as they are."""
    match value:
        case BaseModel():
            return value.model_dump(mode="json", by_alias=True)
        case Mapping():
            return {key: shown(part) for key, part in value.items()}
        case tuple() | list() | frozenset():
            return [shown(part) for part in value]
        case _ if is_dataclass(value):
            return {to_camel(f.name): shown(getattr(value, f.name)) for f in fields(value)}
        case _:
            return value
