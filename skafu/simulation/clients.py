"""Clients: impatient, forgetful, several at once, some without the right to do what they ask."""

import uuid
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from application.writing.requests import OnConflict
from domain.contents import contents
from edge.caller import Caller, named_machine
from kernel.operation import Json, Operation
from skafu.simulation.faults import Fault
from skafu.simulation.gateway import Gateway
from skafu.simulation.proxy import BATCHES, EVENTS, MACHINES, Answer
from skafu.simulation.queries import Question
from skafu.simulation.wishes import (
    ACCOUNT,
    BY_SAGAS,
    CREATIONS,
    FIRST,
    FOLLOWING,
    HABITS,
    LATER,
    LONG_LIFE,
    SAGA_STORIES,
    STORIES,
    Known,
    Wish,
    batch_of,
    data_of,
    deferred,
    may_send,
    owner,
    remember,
    wrong_data,
)
from skafu.simulation.world import EPOCH, World

LEAPS = tuple(hours * 3_600_000 for hours in (1, 6, 25))
MAX_SKEW = 60_000  # milliseconds by which a client's clock may be wrong
ATTEMPTS = 4
TOLD = 0.15  # of all schedules have a story
SAGAS = 3  # stories, where sagas run
LONG_LIVES = 0.05  # of all schedules: one thing with some dozens of commands
MOST_GUESSED = 4  # version of what is known by name only
AGAIN = (429, 502, 503)  # answers after which the same is sent again


def person(name: str, *groups: str) -> Caller:
    return Caller(sub=name, username=f"{name}@skafu.dev", groups=frozenset(groups), token="")


def machine(on_behalf_of: str | None) -> Caller:
    """Return the machine, acting on its own or on behalf of a person."""
    return replace(named_machine(f"{ACCOUNT}:role/robot", "robot"), on_behalf_of=on_behalf_of)


ALICE, BOB = person("alice"), person("bob")
ADMIN, DEVELOPER = person("carol", "Admin"), person("dan", "Developer")
OTHERS = (*(ALICE,) * 5, *(ADMIN,) * 5, *(BOB,) * 2, DEVELOPER, machine(None), machine(ALICE.owner))


@dataclass(slots=True)
class Sending:
    """A wish that was sent: its first and last step, and the answer, unless the client died."""

    wish: Wish
    path: str
    deferred: bool
    began: int
    began_at: int
    ended: int = 0
    ended_at: int = 0
    answer: Answer | None = None

    @property
    def is_lasting(self) -> bool:
        """Tell whether it may take effect at any time after it was sent."""
        return self.deferred or self.path == EVENTS

    @property
    def way(self) -> str:
        if self.deferred:
            return "deferred"
        if self.path == MACHINES:
            return "by a machine"
        if self.path == BATCHES:
            return "in a batch"
        return "in task style" if self.path.startswith(BATCHES) else "in REST style"


@dataclass(slots=True)
class Log:
    """Everything that clients sent, and what they have heard of."""

    sendings: list[Sending] = field(default_factory=list)
    known: Known = field(default_factory=Known)
    keys: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The keys that anybody has used, by what they were about."""


class Habits:
    """The habits of one schedule's clients; drawn for each, so that some do one thing only."""

    def __init__(self, rng: Random, *, sagas: bool = False) -> None:
        self.excluded = BY_SAGAS if sagas else frozenset[str]()
        self.long_life = rng.random() < LONG_LIVES
        self.operations = LONG_LIFE if self.long_life else rng.choice(HABITS)
        self.created = 0.0 if self.long_life else rng.choice((0.0, 0.06, 0.15))
        self.expecting = rng.choice((0.0, 0.3, 0.6))
        self.again = rng.choice((0.0, 0.1, 0.4))
        self.other_content = rng.choice((0.0, 0.05, 0.15))
        self.known_keys = rng.choice((0.0, 0.0, 0.1, 0.3))
        self.invalid = rng.choice((0.0, 0.05))
        self.opaque_keys = rng.choice((0.0, 0.2, 0.5))
        self.deferring = rng.choice((0.0, 0.0, 0.2, 0.5))
        self.events = rng.choice((0, 0, 1, 4))  # of another domain
        self.batches = rng.choice((0.0, 0.1, 0.5))
        self.asking = rng.choice((0.0, 0.2, 0.5))
        self.stories = [rng.choice(STORIES)] if STORIES and rng.random() < TOLD else []
        if sagas:
            self.operations = self.allowed(self.operations) or self.allowed(contents.operations)
            self.stories = rng.choices(SAGA_STORIES or STORIES or ((),), k=SAGAS)
        self.on_conflict = rng.choice(((OnConflict.REJECT,), (OnConflict.MERGE,), (*OnConflict,)))

    def allowed(self, operations: Iterable[Operation]) -> tuple[Operation, ...]:
        """Return those of the operations that clients send: some are left to sagas."""
        return tuple(one for one in operations if one.name not in self.excluded)


class Client:
    """One browser tab. Tabs of one person share things, not what they have seen of them."""

    def __init__(
        self,
        world: World,
        gateway: Gateway,
        log: Log,
        who: Caller,
        habits: Habits,
        story: Iterable[Operation] = (),
    ) -> None:
        self._story = deque(story)
        self._untold: Wish | None = None
        """The part of the story that has not been answered for good."""
        self._begun: dict[str, str] = {}
        """What the story has begun, by the type of the aggregate."""
        self._world = world
        self._habits = habits
        self._gateway = gateway
        self._log = log
        self._who = who
        self._skew = world.rng.randint(-MAX_SKEW, MAX_SKEW)
        self._wishes: list[Wish] = []
        self._versions: dict[str, int] = {}

    def run(self, wishes: int) -> None:
        for _ in range(wishes):
            self._hesitate()
            if self._world.strikes(Fault.CLOCK_LEAPT):
                self._world.milliseconds += self._world.rng.choice(LEAPS)
            self._pursue(self._wish())
            if not self._who.is_machine and self._world.rng.random() < self._habits.asking:
                self._ask()

    def _hesitate(self) -> None:
        """Wait a while, mostly until there is something to talk about."""
        for _ in range(self._world.rng.choice((1, 15, 30))):
            self._world.pause()
            if self._log.known.any_first:
                return

    def _ask(self) -> None:
        """Ask for a past state of something: after an event in the middle of a commit, too."""
        rng, known = self._world.rng, self._log.known.things
        things = [
            (kind, thing) for kind in contents.aggregates for thing in known[kind.aggregate_type]
        ]
        if not things:
            return
        kind, thing = rng.choice(things)
        version = rng.randint(1, self._versions.get(thing, MOST_GUESSED) + 1)
        self._gateway.queries.ask(Question(self._who, kind, thing, version))

    def _wish(self) -> Wish:
        rng = self._world.rng
        if self._wishes and (wish := self._former()):
            return wish
        if self._untold:
            return self._untold
        if self._story:
            wish = self._untold = self._told(self._story.popleft())
        elif not self._log.known.any_first or rng.random() < self._habits.created:
            wish = self._made(self._first(), None)
        else:
            wish = self._next() or self._about_something(self._operation())
        if wish.operation.creates and rng.random() < 0.2:  # others know of it before it exists
            self._know(wish)
        self._wishes.append(wish)
        self._log.keys[wish.thing].append(wish.command_id)
        remember(self._log.known, wish)
        return wish

    def _told(self, operation: Operation) -> Wish:
        """Go on with the story, about what it has begun itself."""
        target = None if operation.creates else self._begun.get(operation.aggregate_type)
        wish = replace(self._made(operation, target), expected_version=None)
        self._begun.setdefault(operation.aggregate_type, wish.thing)
        return wish

    def _first(self) -> Operation:
        """Draw what to begin with: the usual, or what the habits begin."""
        others = [one for one in self._habits.operations if one.creates]
        permitted = [one for one in others if may_send(self._who, one)]
        return self._world.rng.choice((FIRST, *permitted))

    def _about_something(self, operation: Operation) -> Wish:
        """Make a wish about something of this kind, or for the first of them."""
        kind = operation.aggregate_type
        if operation.creates:
            return self._made(operation, None)
        if not self._log.known.things[kind]:
            return self._made(CREATIONS[kind], None)
        return self._made(operation, self._target(kind))

    def _next(self) -> Wish | None:
        """Go on with what somebody has begun, or use it for something of another kind."""
        begun = [] if self._habits.long_life else self._log.known.begun
        excluded = self._habits.excluded
        mine = [one for one in begun if one[0].name not in excluded and may_send(self._who, one[0])]
        if not mine or self._world.rng.random() < 0.25:
            return None
        operation, thing = chosen = self._world.rng.choice(mine)
        begun.remove(chosen)
        if not operation.creates and thing in self._log.known.things[operation.aggregate_type]:
            return self._made(operation, thing)
        return self._about_something(operation)

    def _know(self, wish: Wish) -> None:
        known = self._log.known.things[wish.operation.aggregate_type]
        known.setdefault(wish.thing, wish.owner)

    def _former(self) -> Wish | None:
        """Draw an old wish, its key for something else, or wrong data; mostly nothing."""
        rng, wish = self._world.rng, self._world.rng.choice(self._wishes)
        if rng.random() < self._habits.again:  # a tab that slept, a queue that was stuck
            return wish
        if rng.random() < self._habits.other_content:
            return self._other_content(wish)
        if rng.random() < self._habits.invalid:
            return replace(wish, data=wrong_data(wish.operation, rng))
        return None

    def _operation(self) -> Operation:
        """Draw an operation: mostly one that this client may send."""
        rng, wanted = self._world.rng, self._habits.operations
        permitted = [one for one in wanted if may_send(self._who, one)]
        return rng.choice(permitted if permitted and rng.random() < 0.9 else wanted)

    def _target(self, kind: str) -> str:
        """Draw a thing: mostly one's own, for an administrator anyone's."""
        known = self._log.known.things[kind]
        own = [p for p in known if self._who.is_admin or known[p] == owner(self._who)]
        return self._world.rng.choice(own if own and self._world.rng.random() < 0.9 else [*known])

    def _made(self, operation: Operation, target: str | None) -> Wish:
        rng, known = self._world.rng, self._log.known
        return Wish(
            who=self._who,
            operation=operation,
            data=data_of(operation, rng, known),
            target=target,
            command_id=self._known_key(target) or self._key(),
            expected_version=self._expected(target),
            on_conflict=rng.choice(self._habits.on_conflict),
            correlation_id="simulated" if rng.random() < 0.2 else None,
            ids={name: known.within(target, name, rng) for name in operation.ids},
        )

    def _other_content(self, wish: Wish) -> Wish:
        """Reuse an old key for something else: refused when the key has recorded something."""
        rng, operation = self._world.rng, wish.operation
        if operation.creates or rng.random() < 0.5:
            return replace(wish, data=data_of(operation, rng, self._log.known))
        other = rng.choice(self._habits.allowed(LATER[operation.aggregate_type]))
        return replace(self._made(other, wish.target), command_id=wish.command_id)

    def _known_key(self, target: str | None) -> str | None:
        """Draw a key of one's own, or one that somebody has used for the thing; mostly none.

        A key belongs to its sender and to what it is for: anybody may use it for something else.
        """
        rng, keys = self._world.rng, self._log.keys
        if not keys or rng.random() >= self._habits.known_keys:
            return None
        if self._wishes and rng.random() < 0.5:
            return rng.choice(self._wishes).command_id
        return rng.choice(keys[target if target in keys else rng.choice([*keys])])

    def _key(self) -> str:
        rng = self._world.rng
        if rng.random() < self._habits.opaque_keys:
            return f"opaque-{rng.getrandbits(48)}"
        return uuid7(self._world.milliseconds + self._skew, rng)

    def _expected(self, target: str | None) -> int | None:
        """Draw an expected version: mostly the last that was seen, sometimes one that never was."""
        rng = self._world.rng
        if rng.random() >= self._habits.expecting:
            return None
        if target is None:
            return rng.choice((None, 0, 0, 1))
        return max(0, self._versions.get(target, 0) + rng.choice((0, 0, 0, 1, -1)))

    def _pursue(self, wish: Wish) -> None:
        if self._world.strikes(Fault.CLIENT_SENT_TWICE):
            self._world.start(f"{self._who.sub} again", partial(self._send, wish))
        for _ in range(ATTEMPTS):
            if self._world.strikes(Fault.CLIENT_GAVE_UP):
                self._world.start(f"{self._who.sub} unheard", partial(self._send, wish))
                self._world.pause()
                continue
            answer = self._send(wish)
            if wish is self._untold and answer.status not in AGAIN:
                self._untold = None
            if answer.status not in AGAIN and self._world.rng.random() < 0.8:
                return

    def _send(self, wish: Wish) -> Answer:
        """Send the wish alone, or in a batch with some former ones."""
        world = self._world
        if not self._who.is_machine and world.rng.random() < self._habits.deferring:
            return self._sent([wish], deferred(self._style(wish)), later=True)
        if world.rng.random() >= self._habits.batches:
            return self._sent([wish], self._style(wish))
        more = world.rng.choices(self._wishes, k=world.rng.randint(0, 2))
        return self._sent([wish, *more], batch_of(self._who, [wish, *more]))

    def _style(self, wish: Wish) -> Json:
        if self._who.is_machine:
            return wish.machine_style()
        return wish.task_style() if self._world.rng.random() < 0.5 else wish.rest_style()

    def _sent(self, wishes: Sequence[Wish], event: Json, *, later: bool = False) -> Answer:
        """Send a request and return the answer to its first wish."""
        world, path = self._world, event["path"]
        sendings = [Sending(w, path, later, world.step, world.milliseconds) for w in wishes]
        self._log.sendings += sendings
        world.note(f"{event['httpMethod']} {event['path']} {event['body'][:150]}")
        answer = self._gateway.request(event)
        world.note(f"answer {answer.status} {answer.body}"[:200])
        for sending, one in zip(sendings, answer.each(len(sendings)), strict=True):
            sending.ended, sending.ended_at = world.step, world.milliseconds
            sending.answer = one
            if one.status == 202:
                self._learn(sending.wish, one)
        return answer.each(len(sendings))[0]

    def _learn(self, wish: Wish, answer: Answer) -> None:
        """Take note of the version, of what was made, and of what may be done next."""
        self._versions[wish.thing] = answer.body.get("version", 0)
        if wish.operation.creates:
            self._know(wish)
        if following := FOLLOWING.get(wish.operation.name):
            self._log.known.begun.append((self._world.rng.choice(following), wish.thing))


def uuid7(milliseconds: int, rng: Random) -> str:
    made = int(EPOCH.timestamp() * 1000) + milliseconds
    value = made << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62)
    return str(uuid.UUID(int=value))


def people(rng: Random) -> Sequence[Caller]:
    """Return Alice, and one or two others with or without rights."""
    return (ALICE, *(rng.choice(OTHERS) for _ in range(rng.randint(1, 2))))


def identified(who: Caller) -> Caller:
    """Return the person with everything personal that a request tells of them."""
    if who.is_machine:
        return who
    client = {"sourceIp": f"192.0.2.{len(who.sub)}", "userAgent": f"Browser of {who.sub}"}
    return replace(who, name=f"Name of {who.sub}", email=f"mail@{who.sub}.example", client=client)
