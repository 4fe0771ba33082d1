"""Faults: which there are, how often each strikes in one schedule, and how often it did."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from random import Random

PRESENT = 0.6  # of the faults, in any one schedule: each is met with and without each other


class Fault(StrEnum):
    QUERY_STALE = "query of the events table: an older state"
    QUERY_THROTTLED = "query of the events table: throttled"
    PUT_THROTTLED = "commit: throttled"
    PUT_UNANSWERED = "commit: stored, answer lost"
    PUT_SENT_TWICE = "commit: stored, sent again by the client library, collides with itself"
    OTHER_STATE = "commit: another release, with a state of another version"
    NO_KEY_TIMES = "commit: an older release, without the times of keys"
    OLDER_EVENTS = "commit: an older release, with events of older versions"
    NEWER_EVENTS = "commit: a newer release, with an attribute more in each event"
    CLAIM_CONTENDED = "claim: another transaction is at it"
    WORKFLOW_THROTTLED = "workflow of a deferred command: throttled"
    WORKFLOW_TWICE = "workflow of a deferred command: executed twice"
    STREAM_REORDERED = "stream: a record before an older one"
    STREAM_LAGS = "stream: read later"
    STREAM_AGAIN = "stream: a published batch again"
    BUS_THROTTLED = "PutEvents: throttled"
    BUS_PARTIAL = "PutEvents: an entry failed"
    BUS_UNANSWERED = "PutEvents: done, answer lost"
    HINT_DELAYED = "hint: delayed"
    HINT_DUPLICATED = "hint: delivered twice"
    HINT_DROPPED = "hint: dropped"
    HINT_FORGED = "hint: forged"
    MESSAGE_VISIBLE_AGAIN = "queue: delivered again while being worked on"
    MESSAGE_DEAD = "queue: given up"
    ROW_STALE = "row: an older state read"
    ROW_THROTTLED = "row: throttled"
    ROW_UNANSWERED = "row: written, answer lost"
    ROW_SENT_TWICE = "row: written, then refused as if it were not"
    KILLED_BEFORE = "process: killed before a call"
    KILLED_AFTER = "process: killed after a call"
    OTHER_RELEASE = "projector: another release, with rows of another version"
    HASTY_RELEASE = "projector: another release, which stops at its hint"
    ROWS_REBUILT = "operator: rows rebuilt in the middle of it"
    KEY_SLOW = "key of a person: opened slowly"
    FORGETTING_BROKEN_OFF = "operator: a forgetting broken off"
    CLIENT_GAVE_UP = "client: did not wait for the answer"
    CLIENT_SENT_TWICE = "client: sent twice at once"
    CLOCK_LEAPT = "clock: hours pass"
    STATES_THROTTLED = "state machine: throttled"
    STATES_UNANSWERED = "state machine: done, answer lost"
    EXECUTION_UNSEEN = "state machine: an execution that is not seen yet"
    EXECUTION_STOPPED = "state machine: an execution that somebody stops"
    TASK_TWICE = "task of a saga: asked for again while it is being done"
    TASK_TOO_LONG = "task of a saga: takes too long"
    ANSWER_TOO_LATE = "answer to a saga: comes too late"
    ARCHIVES_DOWN = "archives: down"
    ARCHIVES_UNANSWERED = "archives: done, answer lost"
    ANALYST_FAILS = "reaction: whoever answers fails"


OF_SAGAS = frozenset(
    {
        Fault.STATES_THROTTLED,
        Fault.STATES_UNANSWERED,
        Fault.EXECUTION_UNSEEN,
        Fault.EXECUTION_STOPPED,
        Fault.TASK_TWICE,
        Fault.TASK_TOO_LONG,
        Fault.ANSWER_TOO_LATE,
        Fault.ARCHIVES_DOWN,
        Fault.ARCHIVES_UNANSWERED,
        Fault.ANALYST_FAILS,
    }
)
"""Faults that strike only where sagas run."""


RATES = (0.02, 0.1, 0.3)
# Those that end work are rarer, so that most work gets done; those that mislead it are not.
OTHER_RATES = {
    Fault.KILLED_BEFORE: (0.003, 0.01, 0.05),
    Fault.KILLED_AFTER: (0.003, 0.01, 0.05),
    Fault.QUERY_THROTTLED: (0.01, 0.05, 0.1),
    Fault.ROW_THROTTLED: (0.01, 0.05, 0.1),
    Fault.QUERY_STALE: (0.1, 0.3, 0.6),
    Fault.ROW_STALE: (0.1, 0.3, 0.6),
    Fault.STREAM_LAGS: (0.3, 0.6, 0.9),
    Fault.KEY_SLOW: (0.1, 0.3, 0.6),
    Fault.FORGETTING_BROKEN_OFF: (0.1, 0.3),
    Fault.CLAIM_CONTENDED: (0.2, 0.4, 0.6),
    Fault.EXECUTION_STOPPED: (0.01, 0.1),
    Fault.TASK_TOO_LONG: (0.05, 0.15),
    Fault.ANSWER_TOO_LATE: (0.1, 0.3, 0.6),
    Fault.EXECUTION_UNSEEN: (0.3, 0.6),
    Fault.ARCHIVES_DOWN: (0.1, 0.3),
    Fault.ARCHIVES_UNANSWERED: (0.3, 0.6),
    Fault.ANALYST_FAILS: (0.1, 0.3),
}


class Faults:
    """Draws faults at rates drawn for this schedule, and counts them."""

    def __init__(self, rng: Random) -> None:
        self.counts: Counter[Fault] = Counter()
        self._rng = rng
        self._rates = {fault: self._rate(fault) for fault in Fault if fault not in OF_SAGAS}

    def strikes(self, fault: Fault) -> bool:
        rate = self._rates.get(fault, 0.0)
        if not rate or self._rng.random() >= rate:
            return False
        self.counts[fault] += 1
        return True

    def admit_those_of_sagas(self) -> None:
        self._rates |= {fault: self._rate(fault) for fault in Fault if fault in OF_SAGAS}

    def favour(self, often: Iterable[Fault]) -> None:
        """Let these strike at the highest of their rates."""
        self._rates |= {fault: max(OTHER_RATES.get(fault, RATES)) for fault in often}

    def _rate(self, fault: Fault) -> float:
        if self._rng.random() > PRESENT:
            return 0.0
        return self._rng.choice(OTHER_RATES.get(fault, RATES))

    def cease(self) -> None:
        self._rates = dict.fromkeys(Fault, 0.0)
