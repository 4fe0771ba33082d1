"""Pages of answers: as many entries as were asked for, or fewer when they have too many bytes."""

import json
from collections.abc import Iterable
from typing import TypeVar

E = TypeVar("E")

# Lambda answers with at most 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
# The rest is for what surrounds the entries, and for the one entry that a page has in any case.
MAX_PAGE_BYTES = 5 * 1024 * 1024


to_json = json.JSONEncoder(ensure_ascii=False).encode


def size(entry: object) -> int:
    """Return the most bytes that the entry can take in an answer of Lambda.

    The body is JSON within a JSON text, which Lambda's older runtimes escape to ASCII.
    """
    text = to_json(entry)
    if not text.isascii():
        return len(json.dumps(text))
    # The same, counted: two quotes, a backslash before some characters, and DEL by its number.
    return len(text) + 2 + text.count('"') + text.count("\\") + 5 * text.count("\x7f")


def cut(entries: Iterable[E], limit: int, max_bytes: int = MAX_PAGE_BYTES) -> tuple[list[E], bool]:
    """Return the entries that make one page, at least one of them, and whether more follow."""
    page: list[E] = []
    total = 0
    for entry in entries:
        total += size(entry)
        if page and (len(page) == limit or total > max_bytes):
            return page, True
        page.append(entry)
    return page, False
