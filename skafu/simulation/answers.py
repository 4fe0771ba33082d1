"""Linearizability: for every answer there was a moment at which it was right."""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum

from application.writing.identity import CLOCK_SKEW, WINDOW, key_time
from skafu.simulation import clients, gateway
from skafu.simulation.clients import Sending
from skafu.simulation.divergence import Divergence
from skafu.simulation.history import History, Said, refused
from skafu.simulation.lookups import Found, Refusal
from skafu.simulation.proxy import Answer
from skafu.simulation.world import EPOCH

MAX_SKEW = clients.MAX_SKEW + gateway.MAX_SKEW
LOOK_BACK = int(WINDOW.total_seconds() * 1000)
KEY_LIFE = LOOK_BACK + int(CLOCK_SKEW.total_seconds() * 1000)
NO_PROMISE = (429, 502, 503)  # these say nothing about what was recorded

INVALID = Said(400, "invalid-request")
FORBIDDEN = Said(403, "forbidden")
KEY_EXPIRED = Said(400, "key-expired")
KEY_REUSED = Said(422, "command-id-reused")
FORGOTTEN = Said(403, "subject-is-forgotten")


def check_answer(sending: Sending, found: Found) -> None:
    answer = sending.answer
    if answer is None or answer.status in NO_PROMISE:
        return
    if sending.deferred and answer.status == 202:
        return  # its outcome is looked at
    given, possible = said(answer), set(right_answers(sending, found))
    if given not in possible:
        raise Divergence("answer", account(sending, given, possible))
    if answer.status == 202 and answer.etag != f'"{given.version}"':
        raise Divergence("answer", f"ETag {answer.etag} for version {given.version}")


def said(answer: Answer) -> Said:
    body = answer.body
    if answer.status == 202:
        return Said(202, "", body["version"], body["timestamp"])
    return Said(answer.status, body["type"].rpartition("/")[2])


def account(sending: Sending, given: Said, possible: set[Said]) -> str:
    wish = sending.wish
    return (
        f"{wish.operation.name} {wish.command_id} of {wish.who.sub} for {wish.thing}, sent at "
        f"step {sending.began}, was answered {given} at step {sending.ended}; right was "
        f"{' or '.join(map(str, sorted(possible))) or 'to record it'}"
    )


def right_answers(sending: Sending, found: Found) -> Iterator[Said]:
    if not sending.wish.may_command:
        yield FORBIDDEN if sending.wish.valid else INVALID
        return
    refused = found.refuses_sender(sending) if found.destroyed else Refusal.NEVER
    if refused is not Refusal.NEVER:
        yield FORGOTTEN
    if sending.deferred:
        yield KEY_REUSED  # by its ticket: `outcomes.check_reuse`
    if sending.deferred or refused is Refusal.ALWAYS:
        return
    life = key_life(sending)
    if life is not Life.YOUNG:
        yield KEY_EXPIRED
    if life is not Life.OVER:
        request = sending.wish.request
        aggregate = request.aggregate_id
        stream = found.streams.get(aggregate) or History(aggregate, (), ())
        for commits in stream.during(sending):
            yield from at_moment(sending, stream, commits, found)


def at_moment(sending: Sending, stream: History, commits: int, found: Found) -> Iterator[Said]:
    """Yield the answers that were right after so many commits; one given before comes first."""
    request = sending.wish.request
    own = [c for c in stream.commits[:commits] if c.identity == request.metadata.identity]
    if own:
        same = own[-1].fingerprint == sending.wish.fingerprint
        again = Said(202, "", own[-1].last_sequence, own[-1].timestamp)
        yield again if same else KEY_REUSED
        if not forgotten(request.metadata.command_id, own[-1].timestamp, sending):
            return
    named = found.refuses_named(sending) if found.destroyed else Refusal.NEVER
    if named is not Refusal.NEVER:
        yield FORGOTTEN
    if named is Refusal.ALWAYS:
        return
    for asked in found.requests(sending):
        verdict = asked if isinstance(asked, Said) else stream.verdict(asked, commits)
        if isinstance(verdict, Said):
            yield verdict
        elif found.taken(request, stream, sending.ended):
            yield refused(stream.decider.claimed(request.command))


def forgotten(command_id: str, recorded: str, sending: Sending) -> bool:
    """Tell whether an opaque key may have left the window; others are refused before that."""
    opaque = key_time(command_id) is None
    return opaque and age(recorded, sending.ended_at) + MAX_SKEW > LOOK_BACK


class Life(Enum):
    """The age of a key that carries its time; clocks differ, so there is a while of doubt."""

    YOUNG = "young"
    DOUBTFUL = "doubtful"
    OVER = "over"


def key_life(sending: Sending) -> Life:
    made = key_time(sending.wish.command_id)
    if made is None or age(made.isoformat(), sending.ended_at) + MAX_SKEW <= KEY_LIFE:
        return Life.YOUNG
    over = age(made.isoformat(), sending.began_at) - MAX_SKEW > KEY_LIFE
    return Life.OVER if over else Life.DOUBTFUL


def age(moment: str, now: int = 0) -> int:
    """Return the milliseconds from `moment` to a schedule's `now`, by default its beginning."""
    since = datetime.fromisoformat(moment) - EPOCH
    return now - int(since.total_seconds() * 1000)
