"""Caps, from the narrowest hop; checked before the write.

AppSync delivers 240 KB to a subscriber, Step Functions and EventBridge targets take 256 KB, a
DynamoDB item 400 KB: events and commits stay well below each.
"""

import json

from application.commit import Commit, canonical_json

KB = 1024
MAX_EVENT_BYTES = 64 * KB
MAX_COMMIT_BYTES = 200 * KB


class TooLarge(Exception):
    """Bytes of `what`, as JSON in UTF-8, against its cap."""

    what = "message"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The {self.what} has {size} bytes; at most {limit} are allowed.")
        self.size, self.limit = size, limit


class EventTooLarge(TooLarge):
    what = "event"


class CommitTooLarge(TooLarge):
    what = "commit"


def check_sizes(commit: Commit) -> None:
    total = len(commit.events.encode())
    if total > MAX_COMMIT_BYTES:
        raise CommitTooLarge(total, MAX_COMMIT_BYTES)
    if total <= MAX_EVENT_BYTES:
        return
    for event in json.loads(commit.events):
        size = len(canonical_json(event).encode())
        if size > MAX_EVENT_BYTES:
            raise EventTooLarge(size, MAX_EVENT_BYTES)
