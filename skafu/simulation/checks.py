"""The checks of a system at rest: its streams, answers, publication and rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic.alias_generators import to_camel

from adapters.appsync.read_models import to_graphql
from application.commit import GENESIS, Commit, canonical_json, encode_events
from application.privacy.forgetting import OPERATOR
from application.publishing.envelopes import envelopes
from application.publishing.feed import FeedEntry, broken_feed
from application.reading.verify import keys_out_of_bounds
from application.writing.identity import Identity, key_time
from domain.contents import contents
from kernel.personal import ForgetSubject, Unopened
from kernel.projection import Projection, Row, RowKey
from skafu.simulation.answers import LOOK_BACK, age, check_answer
from skafu.simulation.clients import Sending
from skafu.simulation.divergence import Divergence
from skafu.simulation.feeding import Feeding
from skafu.simulation.history import History, Said
from skafu.simulation.lookups import Found
from skafu.simulation.older_and_newer import todays
from skafu.simulation.outcomes import check_events, check_tickets, lasting
from skafu.simulation.past_states import check_query
from skafu.simulation.projecting import Rebuilt
from skafu.simulation.releases import NEXT_RELEASE
from skafu.simulation.rows import Fields
from skafu.simulation.saga_checks import check_sagas
from skafu.simulation.secrecy import PEOPLE, check_forgotten, check_hidden, texts, unsealed
from skafu.simulation.sums import (
    check_contributions,
    check_sums_now,
    check_sums_then,
    is_of_sums,
)
from skafu.simulation.system import System
from skafu.simulation.wording import check_words

Histories = Mapping[str, History]
RowHistory = Mapping[RowKey, Sequence[Fields]]


def check(system: System) -> None:
    """Raise `Divergence` at the first promise that does not hold."""
    streams = {name: History.of(name, stored) for name, stored in system.table.aggregates.items()}
    for stream in streams.values():
        check_stream(stream)
    if system.has_clients:
        check_commands(system, streams)
    check_read_side(system, streams)
    if system.has_clients and system.operator:
        check_hidden(system, system.operator.subject)


def check_commands(system: System, streams: Histories) -> None:
    """Check what was recorded, and what was answered."""
    found = Found(streams, system.table.claims, system.keys.table.destroyed)
    sendings = [lasting(sending, system) for sending in system.log.sendings]
    check_commits(found, sendings)
    check_once(streams)
    check_claims(found, sendings)
    for sending in system.log.sendings:
        check_answer(sending, found)
    for asked in system.queries.asked:
        check_query(asked, found)
    check_tickets(system, found)
    check_events(system.integration, system, found)
    if system.sagas:
        check_sagas(system.sagas, streams)
    if system.operator:
        check_forgotten(system, system.operator, streams)


def check_read_side(system: System, streams: Histories) -> None:
    """Check what became of the commits."""
    check_publication(system.bus.published, streams)
    check_failures(system)
    if system.is_fed:
        check_feed(system.feeding, streams)
    expected = [
        Expected.of(projection, stream)
        for stream in streams.values()
        for projection in contents.projections_of(stream.kind)
    ]
    forgotten = unreadable_people(system)
    check_rows_then(system.rows.history, expected, forgotten)
    check_sums_then(system.rows.history)
    check_rebuilt(system.projectors.rebuilt, expected)
    now = [e for e in expected if hinted(system, e)]
    check_rows_now(system.rows.history, now, forgotten)
    check_shares(system.rows.history, now)
    check_words(system.words, system.store, [(e.projection, e.stream) for e in now])
    system.reconcile()
    check_rows_now(system.rows.history, expected, forgotten)
    check_shares(system.rows.history, expected)
    check_sums_now(system.rows.history)
    check_releases(system.rows.history, expected)


# ------------------------------------------------------------------------------------- streams


def check_stream(stream: History) -> None:
    """Check for gaps, for a broken chain of hashes, and for times out of order."""
    version, previous, time, step = 0, GENESIS, "", 0
    for commit, stored_at in zip(stream.commits, stream.steps, strict=True):
        for fault, found in (
            ("leaves a gap or overlaps", commit.first_sequence != version + 1),
            ("does not carry its predecessor's hash", commit.previous_hash != previous),
            ("is older than its predecessor", commit.timestamp < time),
            ("was stored before its predecessor", stored_at <= step),
        ):
            if found:
                raise Divergence("stream", f"{named(commit)} {fault}")
        version, previous = commit.last_sequence, commit.hash()
        time, step = commit.timestamp, stored_at
    for fault in keys_out_of_bounds([*stream.commits]):
        raise Divergence("stream", f"{stream.aggregate}: {fault}")


def check_commits(found: Found, sendings: Sequence[Sending]) -> None:
    """Check that each was asked for, is what the command causes, and folds to its stored state."""
    sent = by_identity(sendings)
    for stream in found.streams.values():
        for n, commit in enumerate(stream.commits):
            if commit.actor == OPERATOR.principal:
                check_notice(found, stream, n)
            else:
                check_commit(found, stream, n, sent[commit.identity])
            todays = commit.state_version == stream.decider.state_version
            if todays and commit.state != state_text(stream, n + 1):
                raise Divergence("stream", f"{named(commit)} holds what its events do not yield")


def by_identity(sendings: Sequence[Sending]) -> Mapping[Identity, Sequence[Sending]]:
    sent: dict[Identity, list[Sending]] = defaultdict(list)
    for sending in sendings:
        sent[sending.wish.who.owner, sending.wish.command_id].append(sending)
    return sent


def check_commit(found: Found, stream: History, n: int, sendings: Sequence[Sending]) -> None:
    commit = stream.commits[n]
    asked = [
        sending
        for sending in sendings
        if sending.wish.may_command and sending.began < stream.steps[n] <= sending.ended
        if sending.wish.fingerprint == commit.fingerprint and not found.refuses(sending)
    ]
    if not asked:
        raise Divergence("stream", f"{named(commit)} was asked for by nobody")
    requests = [request for sending in asked for request in found.requests(sending)]
    verdicts = [one if isinstance(one, Said) else stream.verdict(one, n) for one in requests]
    caused = [encode_events(one) for one in verdicts if not isinstance(one, Said)]
    if not caused:
        raise Divergence("stream", f"{named(commit)} was recorded; right was {verdicts}")
    if unsealed(todays(commit), stream.decider.events) not in caused:
        raise Divergence("stream", f"{named(commit)} is not what the command causes")
    correlation_ids = {sending.wish.request.metadata.correlation_id for sending in asked}
    if commit.correlation_id not in correlation_ids:
        raise Divergence("stream", f"{named(commit)} lost its correlation id")


def check_notice(found: Found, stream: History, n: int) -> None:
    """Check that the operator's commit tells of a key that was destroyed, and of nothing else."""
    commit, state = stream.commits[n], stream.states[n]
    told = [
        (f"forget-{subject}", encode_events(stream.decider.decide(state, forget)))
        for subject, moment in found.destroyed.items()
        if moment.step < stream.steps[n]
        for forget in [ForgetSubject(subject=subject)]
    ]
    if (commit.command_id, todays(commit)) not in told:
        raise Divergence("stream", f"{named(commit)} tells of nobody who was forgotten")


def check_once(found: Histories) -> None:
    """Check that each command is recorded once; an opaque key may return after the window.

    One key used for several aggregates is several commands.
    """
    for stream in found.values():
        recorded: dict[Identity, Commit] = {}
        for commit in stream.commits:
            before = recorded.setdefault(commit.identity, commit)
            if before is not commit and not window_between(before, commit):
                raise Divergence("stream", f"{named(before)} and {named(commit)}: one command")


def check_claims(found: Found, sendings: Sequence[Sending]) -> None:
    """Check that every unique value belongs to the aggregate that claimed it, and no other."""
    sent = by_identity(sendings)
    claimed = sorted(
        (claim, stream.aggregate)
        for stream in found.streams.values()
        for commit in stream.commits
        for claim in claims(stream, commit, sent[commit.identity])
    )
    if claimed != sorted((name, claim.aggregate) for name, claim in found.claims.items()):
        raise Divergence("claim", f"{claimed} were recorded, and {found.claims} are held")


def claims(stream: History, commit: Commit, sendings: Sequence[Sending]) -> set[str]:
    """Return what the command of the commit claimed: one value at most."""
    same = (
        sending.wish
        for sending in sendings
        if sending.wish.may_command and sending.wish.fingerprint == commit.fingerprint
    )
    return {claim for wish in same if (claim := stream.decider.claim(wish.request.command))}


def window_between(before: Commit, after: Commit) -> bool:
    apart = age(before.timestamp) - age(after.timestamp)
    return key_time(after.command_id) is None and apart > LOOK_BACK


def named(commit: Commit) -> str:
    return f"commit {commit.first_sequence} of {commit.aggregate_id} ({commit.command_id})"


def state_text(stream: History, commits: int) -> str:
    states, state = stream.decider.states, stream.states[commits]
    return canonical_json(states.dump_python(state, mode="json", exclude_defaults=True))


# ------------------------------------------------------------------------- publication, failures


def check_publication(published: Mapping[str, set[str]], found: Histories) -> None:
    """Check that every event reached the bus, always with the same content, and nothing else."""
    wanted = {
        envelope["eventId"]: {canonical_json(envelope)}
        for stream in found.values()
        for commit in stream.commits
        for envelope in envelopes(commit)
    }
    if published != wanted:
        differing = [
            key for key in {**published, **wanted} if published.get(key) != wanted.get(key)
        ]
        raise Divergence("publication", f"events {differing} were not published as they are stored")


def check_feed(feeding: Feeding, found: Histories) -> None:
    """Check that the feed holds every commit once, and that its consumer has missed nothing."""
    pages = feeding.pages()
    for fault in broken_feed(pages):
        raise Divergence("feed", fault)
    hashes = {
        (stream.aggregate, commit.last_sequence): commit
        for stream in found.values()
        for commit in stream.commits
    }
    entries = [entry for page in pages for entry in page.entries]
    for entry in entries:
        commit = hashes.get((entry.aggregate, entry.last))
        if commit is None or commit.hash().hex() != entry.hash:
            raise Divergence("feed", f"{entry} is not what is stored")
    ends = {entry.aggregate: entry.last for entry in entries}
    if ends != {s.aggregate: s.commits[-1].last_sequence for s in found.values() if s.commits}:
        raise Divergence("feed", f"{ends} were fed")
    check_consumer(feeding.read, entries)


def check_consumer(read: Sequence[Mapping[str, Any]], entries: Sequence[FeedEntry]) -> None:
    """Check that the consumer has read every event once, in the order of the feed."""
    order = [(e.aggregate, n) for e in entries for n in range(e.first, e.last + 1)]
    consumed = [(event["aggregateId"], event["eventSequence"]) for event in read]
    if consumed != order:
        raise Divergence("feed", f"{consumed} were read of {order}")


def check_failures(system: System) -> None:
    """Check that no failure was reported: nothing here fails for good."""
    for failure in system.failures.reported:
        raise Divergence("failure", str(failure))


# ---------------------------------------------------------------------------------------- rows


@dataclass(frozen=True, slots=True)
class Expected:
    """The rows of one stream in one projection, by projection version: last and earlier."""

    projection: Projection
    stream: History
    rows: Mapping[int, Mapping[RowKey, Row]]
    states: Mapping[int, Mapping[RowKey, Mapping[int, Row]]]

    @classmethod
    def of(cls, projection: Projection, stream: History) -> "Expected":
        releases = (projection, NEXT_RELEASE[projection.name])
        states = {p.version: states_of(p, stream) for p in releases}
        rows = {version: last_of(found) for version, found in states.items()}
        return cls(projection, stream, rows, states)

    @property
    def version(self) -> int:
        """The last sequence that any row of the group answers to."""
        rows = self.rows[self.projection.version]
        head = rows.get(self.projection.head(self.stream.aggregate))
        return 0 if head is None else head.version


def last_of(states: Mapping[RowKey, Mapping[int, Row]]) -> dict[RowKey, Row]:
    """Return the rows that `fold_rows` yields: each as its last event has left it."""
    return {key: versions[max(versions)] for key, versions in states.items()}


def states_of(projection: Projection, stream: History) -> dict[RowKey, dict[int, Row]]:
    """Return every row after each event that touches it."""
    rows: dict[RowKey, Row] = {}
    states: dict[RowKey, dict[int, Row]] = defaultdict(dict)
    for recorded in stream.all_recorded():
        head = rows.get(projection.head(stream.aggregate))
        for key in projection.touched(rows.keys(), head, recorded):
            rows[key] = states[key][recorded.sequence] = projection.after(
                key, rows.get(key), recorded, head
            )
    return states


def hinted(system: System, expected: Expected) -> bool:
    """Tell whether a hint of the last sequence came through: then no reconciler is needed."""
    reached = system.projectors.queues[expected.projection.name].reached
    return reached.get(expected.stream.aggregate, 0) >= expected.version


def check_rows_then(
    history: RowHistory, expected: Sequence[Expected], forgotten: Collection[str]
) -> None:
    """Check that each state of a row was the fold of a prefix, never older than the one before."""
    known = {
        (key, release, version): row
        for e in expected
        for release, states in e.states.items()
        for key, versions in states.items()
        for version, row in versions.items()
    }
    for key, states in history.items():
        if is_of_sums(key):
            continue
        before, last = (0, 0), Fields()
        for state in states:
            release, version = state["projectionVersion"], state["version"]
            right = known.get((key, release, version))
            if right is None or not shows(state, key, right, forgotten):
                raise Divergence("row", f"{key} was never to be {state}, but {right}")
            again = (version, release) == before and not hides(last, state, key, right, forgotten)
            if version < before[0] or again:
                raise Divergence("row", f"{key} went from version {before[0]} to {version}")
            before, last = (version, release), state


def check_rebuilt(rebuilt: Sequence[Rebuilt], expected: Sequence[Expected]) -> None:
    """Check that what was rebuilt came as far as its stream was when that began."""
    groups = {(e.projection.name, e.stream.aggregate): e for e in expected}
    for one in rebuilt:
        e = groups[one.projection.name, one.aggregate]
        end = e.stream.version(one.commits)
        for key, states in e.states[e.projection.version].items():
            due = max((version for version in states if version <= end), default=0)
            if one.versions.get(key, 0) < due:
                raise Divergence("row", f"{key} was not mended: it ought to be at {due}")


def check_rows_now(
    history: RowHistory, expected: Sequence[Expected], forgotten: Collection[str]
) -> None:
    """Check that each row is the fold of its stream, by the release that wrote it."""
    for e in expected:
        for key, today in e.rows[e.projection.version].items():
            state = (history.get(key) or [{}])[-1]
            rows = e.rows.get(state.get("projectionVersion", 0), {})
            if not shows(state, key, rows.get(key, today), forgotten):
                raise Divergence("row", f"{key} is {state or None}, not {rows.get(key, today)}")


def check_shares(history: RowHistory, expected: Sequence[Expected]) -> None:
    """Check that the sums hold what each stream contributes."""
    for e in expected:
        key = e.projection.head(e.stream.aggregate)
        head = e.rows[e.projection.version].get(key)
        if head is not None and e.projection.summary:
            check_contributions(history, e.projection, key.id, head)


def check_releases(history: RowHistory, expected: Sequence[Expected]) -> None:
    """Check that the reconciler has left no row of another release."""
    for e in expected:
        for key in e.rows[e.projection.version]:
            release = history[key][-1]["projectionVersion"]
            if release != e.projection.version:
                raise Divergence("row", f"{key} is still of projection version {release}")


def fields(key: RowKey, row: Row) -> dict[str, Any]:
    return {
        name: value
        for name, value in to_graphql(contents.read_models, key.model, row).items()
        if value is not None
    }


def unreadable_people(system: System) -> Collection[str]:
    """Return those whose key was destroyed; of recorded commits, nobody has a key."""
    if not system.has_clients:
        return PEOPLE.keys()
    return (system.operator.subject,) if system.operator else ()


def hides(before: Fields, after: Fields, key: RowKey, row: Row, forgotten: Collection[str]) -> bool:
    """Tell whether a row that was written again differs in what is hidden of the forgotten only.

    Where a stale read still shows that, it is hidden once more.
    """
    sealed = {
        name: getattr(row, name) for name in contents.read_models.rows[key.model].__annotations__
    }
    hidden = {
        to_camel(name)
        for name, value in sealed.items()
        if isinstance(value, Unopened) and value.subject in forgotten
    }
    differing = {name for name in {**before, **after} if before.get(name) != after.get(name)}
    return bool(hidden) and differing <= hidden


def shows(state: Fields, key: RowKey, row: Row, forgotten: Collection[str]) -> bool:
    """Tell if the state is the row, with readable texts for what is sealed in it.

    Of those who were forgotten it may show nothing.
    """
    expected = fields(key, row)
    for name in contents.read_models.rows[key.model].__annotations__:
        sealed = getattr(row, name)
        if isinstance(sealed, Unopened):
            shown = state.get(to_camel(name))
            allowed = {None} if sealed.subject in forgotten else set[str | None]()
            if shown not in allowed | texts(PEOPLE[sealed.subject]):
                return False
            expected[to_camel(name)] = shown
    return state == {name: value for name, value in expected.items() if value is not None}
