"""History straight from the store, for the owner and for Admin: trail, past states, outcomes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, JsonValue, StringConstraints
from pydantic.alias_generators import to_camel

from application.commit import Commit
from application.folding import Snapshot
from application.privacy.opening import Opener
from application.publishing.envelopes import envelopes
from application.reading.history import (
    Shown,
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
    Limit,
    ListBody,
    Meta,
    OneBody,
    Pagination,
    QueryPorts,
    Route,
    json_response,
)
from kernel.aggregate import AnyAggregate
from kernel.contents import Contents
from kernel.messages import AggregateId, Message, iso_milliseconds, plain_id


def utc(moment: datetime) -> str:
    """As events carry their time. Raises `ValueError` for what lies outside the calendar."""
    try:
        return iso_milliseconds(moment)
    except OverflowError:
        raise ValueError("lies outside the calendar") from None


Sequence = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")]
Version = Annotated[int, Field(ge=1, le=10**9)]
Moment = Annotated[AwareDatetime, AfterValidator(utc)]

EVENTS: dict[str, Parameter] = {
    "id": ID,
    "limit": (Annotated[Limit, Query()], 100),
    "next_token": (Annotated[Sequence | None, Query(alias="nextToken")], None),
}
STATE: dict[str, Parameter] = {
    "id": ID,
    "version": (Annotated[Version | None, Query()], None),
    "at": (Annotated[Moment | None, Query()], None),
}
COMMAND: dict[str, Parameter] = {
    "id": ID,
    "command_id": (Annotated[CommandId, Path()], REQUIRED),
}


class OutcomeData(Message):
    """`events` are those that the command recorded; `version` is the stream's after them."""

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
        under = partial(_route, kind, f"{collection}/<id>")
        yield under("/events", list_events, ListBody, EVENTS, f"list_{kind.noun}_events")
        yield under("/state", get_state, OneBody, STATE, f"get_{kind.noun}_state")
        yield under(
            "/commands/<command_id>", get_command, OutcomeBody, COMMAND, f"get_{kind.noun}_command"
        )


def _route(
    kind: AnyAggregate,
    root: str,
    path: str,
    endpoint: Any,  # noqa: ANN401 - any of the functions below
    body: type[Message],
    parameters: dict[str, Parameter],
    name: str,
) -> Route:
    def answered(ports: QueryPorts, who: Caller, **given: Any) -> Response[Any]:  # noqa: ANN401 - validated
        response: Response[Any] = endpoint(kind, ports, who, **given)
        return response

    return Route(root + path, answered, body, parameters, name, "History")


def list_events(
    kind: AnyAggregate, ports: QueryPorts, who: Caller, id: str, limit: int, next_token: str | None
) -> Response[Any]:
    """The audit trail."""
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
    """What the events up to a version, or a moment, fold to; the newest without either."""
    past = _past(kind, ports, kind.id(id), version, at)
    admit(kind, who, owner_in(kind, past.state))
    meta = Meta(last_updated=past.timestamp, version=past.version)
    return json_response(OneBody(data=shown(past.state), meta=meta))


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
        raise InvalidRequest("Give a version or a moment, not both.", "at")
    if at > iso_milliseconds(ports.clock()):
        raise InvalidRequest("That moment has not come yet.", "at")
    return state_at_moment(ports.store, kind, aggregate, at)


def get_command(
    kind: AnyAggregate, ports: QueryPorts, who: Caller, id: str, command_id: str
) -> Response[Any]:
    """What became of a command: a refused one, or one that changed nothing, left no trace."""
    aggregate = authorized(kind, ports, who, id)
    commit = command_outcome(ports.store, aggregate, command_id, who.owner, ports.clock())
    meta = Meta(last_updated=commit.timestamp, version=commit.last_sequence)
    events = shown_to(who, ports, kind)(commit)
    return json_response(OutcomeBody(data=outcome(commit, events), meta=meta))


def shown_to(who: Caller, ports: QueryPorts, kind: AnyAggregate) -> Shown:
    """A commit's events as the caller may see them: others' sealed values are for Admin alone."""
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
    """Raises `Forbidden` for those who may read all rows; for others it does not exist."""
    if who.is_admin or owner == who.owner:
        return
    if who.is_developer:
        raise Forbidden("History is for the owner and for Admin.")
    raise kind.not_found()


def shown(value: Any) -> Any:  # noqa: ANN401 - JSON of any part of a state
    """As the API names things: fields in camelCase; keys of maps, which are data, as they are."""
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
