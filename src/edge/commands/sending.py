"""Send a command: look up and seal what belongs to it, and execute it."""

import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, Self, cast

from application.metrics import UNMEASURED, Metrics
from application.ports import Claims, Clock, EventStore, People
from application.privacy.sealing import Sealer
from application.privacy.subject_keys import SubjectIsForgotten
from application.reading.states import StoredStates
from application.tracing import current, span
from application.writing.execute import Executor
from application.writing.heads import Head
from application.writing.identity import nth_inner_id
from application.writing.requests import Accepted, Request
from edge.caller import Caller
from edge.client import seal, sealed_client
from edge.commands.measuring import measuring
from edge.commands.sent import SentCommand
from edge.http.refusals import NoSuchUser
from edge.observability import logger
from kernel.actor import user_id, user_name
from kernel.contents import Contents
from kernel.errors import DomainError, FieldsDoNotFit
from kernel.messages import AggregateId, plain_id
from kernel.operation import CommandBody, Context
from kernel.ownership import Person


class CommandStore(EventStore, Claims, Protocol):
    """Events, and the unique values that aggregates hold."""


@dataclass(frozen=True)
class Commands:
    """The parts that run commands: the domain, an executor for each aggregate type, look-ups.

    Without a sealer nothing is recorded of the person who commands but their id. Without people
    a machine may act for anybody.
    """

    contents: Contents
    executors: Mapping[str, Executor[Any, Any, Any]]
    look_ups: Any
    sealer: Sealer | None = None
    people: People | None = None
    metrics: Metrics = UNMEASURED

    @classmethod
    def over(
        cls,
        contents: Contents,
        store: CommandStore,
        clock: Clock,
        warm: MutableMapping[AggregateId, Head[Any]],
        sleep: Callable[[float], None] = time.sleep,
        sealer: Sealer | None = None,
    ) -> Self:
        """Run commands on one store; `warm` keeps heads of streams between commands."""
        executors = {
            kind.aggregate_type: Executor(store, kind, clock, warm, sleep)
            for kind in contents.aggregates
        }
        return cls(contents, executors, contents.look_ups(StoredStates(store, store)), sealer)


def perform(commands: Commands, sent: SentCommand) -> Accepted:
    """Execute the command, and return its answer.

    Raises `NoSuchUser`, `SubjectIsForgotten`, what its look-ups refuse, and whatever
    `Executor.execute` raises.
    """
    with traced("command", sent) as followed, measuring(commands.metrics, sent) as outcome:
        check_sender(commands, sent.who)
        accepted = outcome.accepted = _execute(commands, followed)
    logger.info("accepted", extra=about(sent, accepted))
    return accepted


@contextmanager
def traced(work: str, sent: SentCommand) -> Iterator[SentCommand]:
    """Record the work on a command as a span; yield the command with that as its cause."""
    metadata = sent.metadata
    about = {"command_id": metadata.command_id, "aggregate_id": plain_id(sent.aggregate_id)}
    with span(f"{work} {sent.operation.name}", metadata.traceparent, about):
        cause = current() or metadata.traceparent
        yield replace(sent, metadata=replace(metadata, traceparent=cause))


def about(sent: SentCommand, accepted: Accepted) -> dict[str, Any]:
    """Return the fields of an accepted command's log line: no payload."""
    return {
        "command": sent.operation.name,
        "command_id": accepted.command_id,
        "aggregate_id": plain_id(accepted.aggregate_id),
        "version": accepted.version,
        **({"repeated": True} if accepted.repeated else {}),
    }


def check_sender(commands: Commands, who: Caller) -> None:
    """Check the person for whom a machine acts: a user, and not one who was forgotten.

    Raises `NoSuchUser`, `SubjectIsForgotten` and `Unavailable`.
    """
    if who.on_behalf_of is None:
        return
    if commands.sealer:
        commands.sealer.keys.check(who.person)
    if commands.people and commands.people.user_name(who.person) != user_name(who.on_behalf_of):
        raise no_such_user("onBehalfOf")


def found_person(commands: Commands, place: Sequence[str], owner: str) -> Person:
    """Find whom a command's data name, and seal what the pool says of them under their own key.

    Raises `NoSuchUser`, `SubjectIsForgotten` and `Unavailable`.
    """
    sub = user_id(owner)
    if commands.sealer:
        commands.sealer.keys.check(sub)
    if commands.people is None:
        return Person(owner)
    account = commands.people.account(sub)
    if account is None or account.user_name != user_name(owner):
        raise no_such_user(*place, "owner")
    sealed = partial(seal, commands.sealer, sub)
    return Person(owner, sealed(account.name), sealed(account.email))


def no_such_user(*path: str) -> NoSuchUser:
    return NoSuchUser(
        f"`{path[-1]}` names no user of the user pool: give `<sub>::<username>` as the user's ID "
        "token has them.",
        *path,
    )


def _execute(commands: Commands, sent: SentCommand) -> Accepted:
    executor = commands.executors[sent.operation.aggregate_type]
    try:
        finding = partial(found_person, commands, sent.place)
        request = request_of(sent, commands.look_ups, commands.sealer, finding)
    except (DomainError, NoSuchUser, SubjectIsForgotten) as error:
        # What it looks up may be gone when it is sent again; it still gets its first answer.
        same = request_of(sent, commands.contents.no_look_ups, commands.sealer)
        accepted = executor.answered(same)
        if accepted is None:
            raise placed(error, sent.place) from None
        return accepted
    return executor.execute(request)


def placed(error: Exception, place: Sequence[str]) -> Exception:
    """Return the error with the paths of its fields as they are in the request's body."""
    return error.within(*place) if isinstance(error, FieldsDoNotFit) else error


def request_of(
    sent: SentCommand,
    look_ups: Any,  # noqa: ANN401 - the domain's own
    sealer: Sealer | None,
    person: Callable[[str], Person] = Person,
) -> Request[Any]:
    """Look up and seal what belongs to the command."""
    who, aggregate, metadata = sent.who, sent.aggregate_id, sent.metadata
    context = Context(
        actor=metadata.actor,
        new_id=partial(nth_inner_id, aggregate, who.owner, metadata.command_id),
        look_ups=look_ups,
        ids=sent.ids,
        sealed=partial(seal, sealer, who.sub),
        name=who.name,
        email=who.email,
        person=person,
        aggregate=plain_id(aggregate),
    )
    command = cast(CommandBody, sent.body).command(context)
    client = sealed_client(sealer, who.sub, who.client)
    return Request(aggregate, command, replace(metadata, client=client))
