"""The guards of the system, each with a part that lacks it: the checks must notice."""

import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from functools import partial

from domain.contents import contents
from kernel.projection import Projection
from skafu.simulation import unguarded, unguarded_sagas
from skafu.simulation.campaign import Hunt, Kind, hunt, warm_up
from skafu.simulation.faults import Fault
from skafu.simulation.sagas import SagaParts
from skafu.simulation.system import Parts


class Guard(StrEnum):
    """A guard that `skafu simulate --without` leaves out."""

    CONDITIONAL_PUT = "conditional-put"
    IDENTITY = "identity"
    STRONG_READ = "strong-read"
    FAILED_ENTRIES = "failed-entries"
    WHOLE_COMMITS = "whole-commits"
    COMPARE_AND_SET = "compare-and-set"
    EQUALITY = "equality"
    PROJECTION_VERSION = "projection-version"
    HEAD_LAST = "head-last"
    SUM_ORDER = "sum-order"
    WORDS_FIRST = "words-first"
    WORDS_CONDITION = "words-condition"
    CLAIMS = "claims"
    ONE_OUTCOME = "one-outcome"
    KEY_TIMES = "key-times"
    RECEIPTS = "receipts"
    STATE_VERSION = "state-version"
    EVENT_AGAIN = "event-again"
    EVENT_EARLY = "event-early"
    FEED_PAGE = "feed-page"
    FEED_GAP = "feed-gap"
    FEED_ENDS = "feed-ends"
    KEY_OWNER = "key-owner"
    KEY_AGGREGATE = "key-aggregate"
    MINOR_VERSIONS = "minor-versions"
    MAJOR_VERSIONS = "major-versions"
    CONTENDED_CLAIM = "contended-claim"
    MISSING_CLAIM = "missing-claim"
    PAST_STATE = "past-state"
    REPAIR = "repair"
    RECONCILER = "reconciler"
    KEY_LIFETIME = "key-lifetime"
    TOMBSTONE = "tombstone"
    FORGETTING_PLACE = "forgetting-place"
    SAGA_WAITING = "saga-waiting"
    SAGA_NAME = "saga-name"
    SAGA_LOOK = "saga-look"
    SAGA_ANSWER = "saga-answer"
    SAGA_SWEEP = "saga-sweep"
    SAGA_NOBODY = "saga-nobody"
    SAGA_CLEANING = "saga-cleaning"
    SAGA_DIED = "saga-died"
    SAGA_WITHDRAWN = "saga-withdrawn"
    SAGA_REMAINS = "saga-remains"
    SAGA_END = "saga-end"


OF_THE_READ_SIDE = frozenset(
    {
        Guard.FAILED_ENTRIES,
        Guard.WHOLE_COMMITS,
        Guard.COMPARE_AND_SET,
        Guard.EQUALITY,
        Guard.PROJECTION_VERSION,
        Guard.HEAD_LAST,
        Guard.SUM_ORDER,
        Guard.WORDS_FIRST,
        Guard.WORDS_CONDITION,
        Guard.FEED_PAGE,
        Guard.FEED_GAP,
        Guard.FEED_ENDS,
        Guard.REPAIR,
        Guard.RECONCILER,
    }
)
"""The guards whose absence narrow schedules notice; the others need clients."""
OF_PERSONS = frozenset({Guard.KEY_LIFETIME, Guard.TOMBSTONE, Guard.FORGETTING_PLACE})
"""The guards that count when a person is forgotten."""
OF_SAGAS = frozenset(guard for guard in Guard if guard.startswith("saga-"))
"""The guards of sagas."""


FOR: dict[Guard, frozenset[Fault]] = {
    Guard.MISSING_CLAIM: frozenset({Fault.QUERY_STALE}),
    Guard.FORGETTING_PLACE: frozenset({Fault.QUERY_THROTTLED}),
    Guard.KEY_LIFETIME: frozenset({Fault.KEY_SLOW}),
    Guard.SAGA_WAITING: frozenset({Fault.HINT_DELAYED}),
    Guard.SAGA_ANSWER: frozenset({Fault.MESSAGE_DEAD}),
    Guard.SAGA_LOOK: frozenset({Fault.STATES_THROTTLED}),
    Guard.SAGA_CLEANING: frozenset({Fault.ANALYST_FAILS, Fault.ARCHIVES_DOWN, Fault.TASK_TOO_LONG}),
    Guard.SAGA_END: frozenset({Fault.HINT_DROPPED}),
    Guard.SAGA_DIED: frozenset(
        {Fault.ARCHIVES_UNANSWERED, Fault.ARCHIVES_DOWN, Fault.KILLED_AFTER, Fault.TASK_TOO_LONG}
    ),
}
"""The faults for which a guard is there: they strike more often where it is left out."""


LACKING: dict[Guard, SagaParts] = {
    Guard.SAGA_WAITING: SagaParts(beginnings=unguarded_sagas.HastyBeginnings),
    Guard.SAGA_NAME: SagaParts(beginnings=unguarded_sagas.ManyBeginnings),
    Guard.SAGA_LOOK: SagaParts(steps=unguarded_sagas.NoLook, sweep=unguarded_sagas.Unanswering),
    Guard.SAGA_ANSWER: SagaParts(sweep=unguarded_sagas.Unanswering),
    Guard.SAGA_SWEEP: SagaParts(sweep=unguarded_sagas.Unwatching),
    Guard.SAGA_NOBODY: SagaParts(steps=unguarded_sagas.Representing),
    Guard.SAGA_CLEANING: SagaParts(steps=unguarded_sagas.Untidy),
    Guard.SAGA_DIED: SagaParts(steps=unguarded_sagas.CleaningDone),
    Guard.SAGA_WITHDRAWN: SagaParts(steps=unguarded_sagas.Inquisitive),
    Guard.SAGA_REMAINS: SagaParts(removal=unguarded_sagas.Keeping),
    Guard.SAGA_END: SagaParts(sweep=unguarded_sagas.Unending),
}
PARTS: dict[Guard, Parts] = {
    Guard.CONDITIONAL_PUT: Parts(table=unguarded.OverwritingTable),
    Guard.IDENTITY: Parts(command_store=unguarded.ForgetfulStore),
    Guard.STRONG_READ: Parts(command_store=unguarded.WeakStore),
    Guard.FAILED_ENTRIES: Parts(bus=unguarded.CarelessBus),
    Guard.WHOLE_COMMITS: Parts(projector_store=unguarded.KeyRangeStore),
    Guard.COMPARE_AND_SET: Parts(rows=unguarded.UnconditionalRows),
    Guard.EQUALITY: Parts(rows=unguarded.NewerRows),
    Guard.PROJECTION_VERSION: Parts(rows=unguarded.OneReleaseRows),
    Guard.HEAD_LAST: Parts(catch_up=unguarded.HeadFirst),
    Guard.SUM_ORDER: Parts(catch_up=unguarded.UnorderedSums),
    Guard.WORDS_FIRST: Parts(catch_up=unguarded.WordsLast, worded=True),
    Guard.WORDS_CONDITION: Parts(words=unguarded.OverwritingWords, worded=True),
    Guard.CLAIMS: Parts(table=unguarded.SharingTable),
    Guard.ONE_OUTCOME: Parts(tickets=unguarded.ManyOutcomes),
    Guard.KEY_TIMES: Parts(command_store=unguarded.ShortSightedStore),
    Guard.RECEIPTS: Parts(warm=unguarded.ForgetfulHeads),
    Guard.STATE_VERSION: Parts(command_store=unguarded.AnyStateStore),
    Guard.EVENT_AGAIN: Parts(consumer=unguarded.CarelessConsumer),
    Guard.EVENT_EARLY: Parts(consumer=unguarded.ImpatientConsumer),
    Guard.FEED_PAGE: Parts(feed_table=unguarded.OverwritingFeed),
    Guard.FEED_GAP: Parts(feed_writer=unguarded.HastyFeedWriter),
    Guard.FEED_ENDS: Parts(feed_table=unguarded.EndlessFeed),
    Guard.KEY_OWNER: Parts(command_store=unguarded.UnownedStore),
    Guard.KEY_AGGREGATE: Parts(tickets=unguarded.OneTicketPerKey),
    Guard.MINOR_VERSIONS: Parts(command_store=unguarded.StrictStore),
    Guard.MAJOR_VERSIONS: Parts(command_store=unguarded.OneMajorStore),
    Guard.CONTENDED_CLAIM: Parts(command_store=unguarded.StrictClaims),
    Guard.MISSING_CLAIM: Parts(command_store=unguarded.HastyClaims),
    Guard.PAST_STATE: Parts(query_store=unguarded.CutStore),
    Guard.REPAIR: Parts(catch_up=unguarded.HastyRepair),
    Guard.RECONCILER: Parts(reconciler_rows=unguarded.OverwritingRows, reconciled=True),
    Guard.KEY_LIFETIME: Parts(keys=unguarded.LateKeys),
    Guard.TOMBSTONE: Parts(key_table=unguarded.RenewingKeys),
    Guard.FORGETTING_PLACE: Parts(forgetting=unguarded.HastyForgetting),
    **{guard: Parts(sagas=lacking) for guard, lacking in LACKING.items()},
}
WITHOUT = {guard: replace(PARTS[guard], often=FOR.get(guard, frozenset())) for guard in Guard}


def needed(guard: Guard) -> bool:
    """Tell whether this domain needs the guard: not every one has claims, or several rows."""
    if guard in OF_ROWS:
        return any(map(OF_ROWS[guard], contents.projections))
    match guard:
        case Guard.CLAIMS | Guard.CONTENDED_CLAIM:
            return any(kind.unique for kind in contents.aggregates)
        case Guard.MISSING_CLAIM:
            unique = any(kind.unique for kind in contents.aggregates)
            return unique and contents.no_look_ups is not None
        case Guard.MAJOR_VERSIONS:
            return any(kind.events.upcasters for kind in contents.aggregates)
        case Guard.SAGA_REMAINS | Guard.SAGA_END:
            return any(saga.remains for saga in contents.sagas)
        case _ if guard in OF_SAGAS:
            return bool(contents.sagas)
        case _:
            return True


OF_ROWS: dict[Guard, Callable[[Projection], object]] = {
    Guard.HEAD_LAST: lambda projection: len(projection.models) > 1,
    Guard.SUM_ORDER: lambda projection: projection.summary,
    Guard.WORDS_FIRST: contents.searched,
    Guard.WORDS_CONDITION: contents.searched,
}
"""The guards that only such projections need."""


def kind_for(guard: Guard) -> Kind:
    """Return the schedules that notice soonest when the guard is left out."""
    if guard in OF_PERSONS:
        return Kind.FORGETTING
    if guard in (Guard.SAGA_NOBODY, Guard.SAGA_END):
        return Kind.FORGETTING_SAGAS
    if guard in OF_SAGAS:
        return Kind.SAGAS
    return Kind.NARROW if guard in OF_THE_READ_SIDE else Kind.WHOLE


def noticed(guard: Guard, seed: int, schedules: int, kind: Kind | None) -> tuple[Guard, Hunt]:
    """Hunt without the guard, in schedules of its own kind unless another is given."""
    return guard, hunt(WITHOUT[guard], seed, schedules, kind or kind_for(guard))


def all_noticed(
    seed: int, schedules: int, jobs: int, kind: Kind | None
) -> Iterator[tuple[Guard, Hunt]]:
    """Leave out one guard after the other; yield how each was noticed, as it is."""
    guards = [guard for guard in Guard if needed(guard)]
    run = partial(noticed, seed=seed, schedules=schedules, kind=kind)
    with multiprocessing.get_context("spawn").Pool(jobs, warm_up) as pool:
        yield from pool.imap(run, guards)
