"""Sums in the spool of a survey: shares of streams beside the parts that hold them."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from application.reading.sums import ROOT, SeenPart
from kernel.messages import AggregateId
from kernel.summary import Entry

TABLES = """
CREATE TABLE shares (
    model TEXT, whose TEXT, id TEXT, path TEXT, stream TEXT, entry TEXT,
    PRIMARY KEY (model, whose, id)
) WITHOUT ROWID;
CREATE TABLE contributions (
    model TEXT, whose TEXT, id TEXT, part TEXT, entry TEXT, PRIMARY KEY (model, whose, id, part)
) WITHOUT ROWID;
CREATE TABLE parts (model TEXT, part TEXT, entry TEXT, PRIMARY KEY (model, part)) WITHOUT ROWID;
CREATE TABLE known (model TEXT, part TEXT, entry TEXT, PRIMARY KEY (model, part)) WITHOUT ROWID;
"""
WRONG_SHARES = """
SELECT DISTINCT stream FROM shares LEFT JOIN contributions USING (model, whose, id)
WHERE model = ? AND contributions.entry IS NOT shares.entry
"""
WRONG_PARTS = """
SELECT part FROM (
    SELECT model, part, parts.entry AS there, known.entry AS said
    FROM parts LEFT JOIN known USING (model, part)
    UNION ALL
    SELECT model, part, NULL, known.entry FROM known
    WHERE NOT EXISTS (
        SELECT 1 FROM parts WHERE parts.model = known.model AND parts.part = known.part
    )
) WHERE model = ? AND (there IS NULL OR there IS NOT said)
"""
HELD_BELOW = """
SELECT stream FROM contributions JOIN shares USING (model, whose, id)
WHERE model = ? AND whose = ? AND part >= ? AND part < ? LIMIT 1
"""
LEADING_BELOW = """
SELECT stream FROM shares
WHERE model = ? AND whose = ? AND path >= ? AND path < ? LIMIT 1
"""
FOREIGN = """
SELECT part, id FROM contributions AS one WHERE model = ? AND (
    NOT EXISTS (
        SELECT 1 FROM shares
        WHERE shares.model = one.model AND shares.whose = one.whose AND shares.id = one.id
    )
    OR EXISTS (
        SELECT 1 FROM contributions AS other
        WHERE other.model = one.model AND other.whose = one.whose AND other.id = one.id
            AND other.part < one.part
    )
) ORDER BY part, id
"""
LAST = "g"  # after every digit of a path


class SqliteSums:
    """`many` and `all` run statements on the file of the spool."""

    def __init__(
        self,
        many: Callable[[str, Collection[tuple[Any, ...]]], None],
        all_of: Callable[..., list[Any]],
    ) -> None:
        self._many, self._all = many, all_of

    def add_shares(
        self, model: str, stream: AggregateId, id: str, path: str, shares: Mapping[str, Entry]
    ) -> None:
        values = [(model, whose, id, path, stream, text(one)) for whose, one in shares.items()]
        self._many("INSERT OR REPLACE INTO shares VALUES (?, ?, ?, ?, ?, ?)", values)

    def add_part(self, model: str, id: str, part: SeenPart | None) -> None:
        entry = None if part is None else text(part.sums)
        self._many("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", [(model, id, entry)])
        if part is not None:
            held = part.contributions.items()
            values = [(model, part.whose, stream, id, text(one)) for stream, one in held]
            self._many("INSERT OR REPLACE INTO contributions VALUES (?, ?, ?, ?, ?)", values)

    def add_known(self, model: str, part: str, known: Entry) -> None:
        self._many("INSERT OR REPLACE INTO known VALUES (?, ?, ?)", [(model, part, text(known))])

    def wrong_streams(self, model: str) -> Iterator[AggregateId]:
        yield from (AggregateId(stream) for (stream,) in self._all(WRONG_SHARES, model))
        for part in self._wrong_parts(model):
            held = self._all(HELD_BELOW, model, owner_of(part), part, part + LAST)
            yield from (AggregateId(stream) for (stream,) in held)

    def foreign(self, model: str) -> Iterator[tuple[str, str]]:
        yield from ((part, id) for part, id in self._all(FOREIGN, model))

    def nobodys(self, model: str) -> Iterator[str]:
        for part in self._wrong_parts(model):
            path = part.rpartition(ROOT)[2]
            if not self._all(LEADING_BELOW, model, owner_of(part), path, path + LAST):
                yield part

    def _wrong_parts(self, model: str) -> list[str]:
        return [part for (part,) in self._all(WRONG_PARTS, model)]


def owner_of(part: str) -> str:
    return part.rpartition(ROOT)[0]


def text(entry: Entry) -> str:
    return json.dumps(entry, sort_keys=True)
