"""Look-ups: what a command may have found of other aggregates, at any moment until its answer."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, cast

from application.commit import Commit
from application.ports import EventStore
from application.reading.states import StoredStates
from application.writing.requests import Request
from domain.contents import contents
from kernel.errors import DomainError
from kernel.messages import AggregateId
from skafu.simulation.clients import Sending
from skafu.simulation.history import History, Said, refused
from skafu.simulation.keys import LIFETIME, Moment
from skafu.simulation.table import Claim


class Refusal(Enum):
    """The chance that a command is refused since somebody was forgotten."""

    NEVER = "never"
    MAYBE = "maybe"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Found:
    """All streams, and the unique values that they hold."""

    streams: Mapping[str, History]
    claims: Mapping[str, Claim]
    destroyed: Mapping[str, Moment] = field(default_factory=dict)
    """The moments at which keys of persons were destroyed."""

    def refuses_sender(self, sending: Sending) -> "Refusal":
        """Tell whether the person for whom the command is was forgotten.

        A process goes on for a while with a key that it has opened; a machine opens none.
        """
        who = sending.wish.who
        moment = self.destroyed.get(who.person)
        if moment is None or moment.step > sending.ended:
            return Refusal.NEVER
        last_use = moment.milliseconds + LIFETIME * 1000
        is_over = sending.began >= moment.step if who.is_machine else sending.began_at > last_use
        return Refusal.ALWAYS if is_over else Refusal.MAYBE

    def refuses_named(self, sending: Sending) -> "Refusal":
        """Tell whether somebody whom the command names was forgotten."""
        known = (self.destroyed[sub] for sub in sending.wish.people if sub in self.destroyed)
        moments = [moment for moment in known if moment.step <= sending.ended]
        if any(moment.step <= sending.began for moment in moments):
            return Refusal.ALWAYS
        return Refusal.MAYBE if moments else Refusal.NEVER

    def refuses(self, sending: Sending) -> bool:
        """Tell whether no such command may be recorded."""
        if not self.destroyed:
            return False
        each = (self.refuses_sender(sending), self.refuses_named(sending))
        return Refusal.ALWAYS in each

    def requests(self, sending: Sending) -> list[Request[Any] | Said]:
        """Return the command with all that it may have found, and refusals of its look-ups."""
        if not sending.wish.looks_up:
            return [sending.wish.request]
        made: list[Request[Any] | Said] = []
        for past in self._moments(sending):
            request = looked_up(sending, past)
            made += [] if request in made else [request]
        return made

    def _moments(self, sending: Sending) -> Iterator["Past"]:
        """Yield what look-ups may have read: their own aggregate first, then others.

        Something may have happened in between.
        """
        own = self.streams.get(sending.wish.aggregate)
        every = {step for stream in self.streams.values() for step in stream.steps}
        steps = during(sending, every)
        for first in during(sending, own.steps if own else ()):
            for step in steps:
                if step >= first:
                    yield Past(self, step, sending.wish.aggregate, first)

    def taken(self, request: Request[Any], stream: History, step: int) -> bool:
        """Tell whether another aggregate held what the command claims."""
        claim = self.claims.get(stream.decider.claim(request.command) or "")
        return claim is not None and claim.aggregate != stream.aggregate and claim.step <= step


@dataclass(frozen=True, slots=True)
class Past:
    """The store after a step, as far as look-ups read it; `own` is as it was after `own_step`."""

    found: Found
    step: int
    own: AggregateId
    own_step: int

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        stream = self.found.streams.get(aggregate) or History(aggregate, (), ())
        step = self.own_step if aggregate == self.own else self.step
        known = stream.commits[: bisect_right(stream.steps, step)]
        yield from (commit for commit in reversed(known) if commit.first_sequence <= sequence)

    def holder(self, claim: str) -> AggregateId | None:
        held = self.found.claims.get(claim)
        return AggregateId(held.aggregate) if held and held.step <= self.step else None


def during(sending: Sending, steps: Iterable[int]) -> list[int]:
    """Return those of the steps that were taken until the answer, after that which it began at."""
    return [sending.began, *sorted(s for s in steps if sending.began < s <= sending.ended)]


def looked_up(sending: Sending, past: Past) -> Request[Any] | Said:
    try:
        return sending.wish.looking_up(
            contents.look_ups(StoredStates(cast(EventStore, past), past))
        )
    except DomainError as refusal:
        return refused(refusal)
