"""Size limits of events and commits, checked before the write.

They stay well below those of every service: AppSync delivers 240 KB to a subscriber, Step
Functions and EventBridge targets take 256 KB, a DynamoDB item holds 400 KB.
"""

import json

from application.commit import Commit, canonical_json

KB = 1024
MAX_EVENT_BYTES = 64 * KB
MAX_COMMIT_BYTES = 200 * KB


class TooLarge(Exception):
    """A message is larger than its limit, in bytes of JSON in UTF-8."""

    what = "message"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The {self.what} has {size} bytes; at most {limit} are allowed.")
        self.size, self.limit = size, limit


class EventTooLarge(TooLarge):
    """An event is too large."""

    what = "event"


class CommitTooLarge(TooLarge):
    """All events of one command together are too large."""

    what = "commit"


def check_sizes(commit: Commit) -> None:
    """Raises `CommitTooLarge` and `EventTooLarge`."""
    total = len(commit.events.encode())
    if total > MAX_COMMIT_BYTES:
        raise CommitTooLarge(total, MAX_COMMIT_BYTES)
    if total <= MAX_EVENT_BYTES:
        return
    for event in json.loads(commit.events):
        size = len(canonical_json(event).encode())
        if size > MAX_EVENT_BYTES:
            raise EventTooLarge(size, MAX_EVENT_BYTES)
