"""What laws of aggregates are about: a stream, and commands that are sent to it.

Steps come from the lives that the domain wrote by hand, from those of its examples, and from random
commands.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations, pairwise
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.messages import Command, Event
from tests.domain.support.lives import LIVES, REFUSALS
from tests.support import corpus
from tests.support.example_lives import example_lives
from tests.support.life import Life
from tests.support.strategies import decided, kind_of

FEW = 40  # commands of a life, of which every two meet


@dataclass(frozen=True)
class Step:
    """A stream in its commits, and two commands that come next, one or the other or both."""

    decider: AnyAggregate
    stream: Sequence[Sequence[Event]]
    earlier: Command
    command: Command

    @property
    def state(self) -> Any:  # noqa: ANN401 - any state
        return self.decider.fold(chain(*self.stream))


Check = Callable[[Step], None]


class Source(Protocol):
    def each(self, check: Check) -> None: ...


@dataclass(frozen=True)
class AtRandom:
    """Random streams and commands of one kind of aggregate."""

    decider: AnyAggregate

    def __str__(self) -> str:
        return f"{self.decider.aggregate_type} at random"

    def each(self, check: Check) -> None:
        kind = kind_of(self.decider)
        steps = st.builds(Step, st.just(kind.decider), kind.commits(), kind.commands, kind.commands)
        given(steps)(check)()


@dataclass(frozen=True)
class InALife:
    """Every point of a life: what came before, and two of the commands that came then."""

    name: str
    decider: AnyAggregate
    commands: Sequence[Command]
    before: Sequence[Sequence[Event]] = ()

    def __str__(self) -> str:
        return self.name

    def each(self, check: Check) -> None:
        for step in self.steps():
            check(step)

    def steps(self) -> Iterator[Step]:
        numbered = list(enumerate(self.commands))
        pairs = combinations(numbered, 2) if len(numbered) <= FEW else pairwise(numbered)
        streams = list(self.streams())
        for (number, earlier), (_, command) in pairs:
            yield Step(self.decider, streams[number], earlier, command)
        yield Step(self.decider, streams[-1], self.commands[-1], self.commands[-1])

    def streams(self) -> Iterator[Sequence[Sequence[Event]]]:
        """Yield the stream before each of the commands, and after the last one."""
        stream = [*self.before]
        for command in self.commands:
            yield tuple(stream)
            events = decided(self.decider, self.decider.fold(chain(*stream)), command)
            stream += [events] if events else []
        yield tuple(stream)


def lives() -> Iterator[InALife]:
    for name, life in (*LIVES.items(), *example_lives()):
        yield InALife(name, corpus.kind_of(name), life.commands, list(before(life)))
    for aggregate_type, refusals in REFUSALS.items():
        for refusal in refusals:
            kind = contents.aggregate[aggregate_type]
            yield InALife(f"{kind.noun}/{refusal.rule.__name__}", kind, refusal.commands)


def before(life: Life) -> Iterator[Sequence[Event]]:
    """Yield the commits of the stream that a life goes on from."""
    if life.after is not None:
        stream = corpus.streams()[life.after]
        for commit in stream.commits:
            yield [recorded.event for recorded in commit.recorded(stream.decider.events)]


Occurrence = tuple[Sequence[Event], Event]
"""An event of a life, with all that happened before it."""


@cache
def occurrences(kind: AnyAggregate) -> Sequence[Occurrence]:
    """Return where each event happens in the lives of a kind; of long lives the begin."""
    streams = [list(chain(*[*life.streams()][-1])) for life in lives() if life.decider is kind]
    return [(stream[:n], stream[n]) for stream in streams for n in range(min(FEW, len(stream)))]


SOURCES: Sequence[Source] = (*map(AtRandom, contents.aggregates), *lives())


def law(check: Check) -> Callable[[Source], None]:
    """Make a test of a law: it holds in every life, and for random commands."""

    @pytest.mark.parametrize("source", SOURCES, ids=str)
    def test(source: Source) -> None:
        source.each(check)

    test.__name__, test.__doc__ = check.__name__, check.__doc__
    return test
