"""The spool of a survey in a temporary file, which is gone when its process ends, however it ends.

SQLite removes the name of such a file as soon as it has opened it.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from threading import Lock
from typing import Any

from adapters.appsync.read_models import adapter
from adapters.sqlite import sums
from application.ports import StoredRow, UnreadableRow
from application.publishing.feed import FeedEntry, FeedPage
from application.reading.survey import Differing
from kernel.contents import ReadModels
from kernel.messages import AggregateId
from kernel.projection import Row, RowKey

TEMPORARY = ""  # the name of a file that SQLite makes, and removes
CACHE_KB = 32 * 1024
PART = 1000  # rows at a time of a long answer
TABLES = """
CREATE TABLE rows (
    model TEXT, id TEXT, version INTEGER, content BLOB, PRIMARY KEY (model, id)
) WITHOUT ROWID;
CREATE TABLE fed (stream TEXT, first INTEGER, last INTEGER, hash TEXT, page INTEGER);
CREATE INDEX fed_by_stream ON fed (stream);
CREATE TABLE streams (stream TEXT PRIMARY KEY, last INTEGER) WITHOUT ROWID;
CREATE TABLE yielded (
    model TEXT, id TEXT, stream TEXT, version INTEGER, content BLOB,
    PRIMARY KEY (model, id, stream)
) WITHOUT ROWID;
"""
DIFFERING = """
SELECT stream, model, id, yielded.content, rows.content, rows.id IS NULL
FROM yielded LEFT JOIN rows USING (model, id)
WHERE yielded.content IS NOT NULL AND rows.content IS NOT yielded.content
ORDER BY stream, model, id
"""
BEHIND = """
SELECT DISTINCT stream FROM yielded LEFT JOIN rows USING (model, id)
WHERE yielded.version IS NOT NULL
    AND (rows.content IS NULL OR rows.version < yielded.version)
ORDER BY stream
"""
AHEAD = """
SELECT DISTINCT stream FROM yielded JOIN rows USING (model, id)
WHERE rows.version > yielded.version ORDER BY stream
"""
GAPS = """
SELECT page, stream, first FROM (
    SELECT page, stream, first, rowid AS place,
        LAG(last, 1, 0) OVER (PARTITION BY stream ORDER BY rowid) AS before FROM fed
) WHERE first <> before + 1 ORDER BY place
"""
STRAYS = """
SELECT model, id, version FROM rows
WHERE NOT EXISTS (SELECT 1 FROM yielded WHERE yielded.model = rows.model AND yielded.id = rows.id)
ORDER BY model, id
"""
SHARED = """
SELECT model, id, stream FROM yielded WHERE (model, id) IN (
    SELECT model, id FROM yielded GROUP BY model, id HAVING COUNT(*) > 1
) ORDER BY model, id, stream
"""


class SqliteSpool:
    """Rows, the feed's entries and the streams that a survey has seen. Threads may share it."""

    def __init__(self, schema: ReadModels) -> None:
        self._schema = schema
        self._lock = Lock()
        self._file = sqlite3.connect(TEMPORARY, check_same_thread=False)
        for setting in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KB}"):
            self._file.execute(f"PRAGMA {setting}")
        self._file.executescript(TABLES + sums.TABLES)
        self.sums = sums.SqliteSums(self._many, self._all)

    def close(self) -> None:
        self._file.close()

    def add_rows(self, rows: Iterable[tuple[RowKey, StoredRow]]) -> None:
        self._many(
            "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)",
            [(*key, row.version, self._content(key, row)) for key, row in rows],
        )

    def add_fed(self, page: FeedPage) -> None:
        entries = [(*entry, page.number) for entry in page.entries]
        self._many("INSERT INTO fed VALUES (?, ?, ?, ?, ?)", entries)

    def last_page(self) -> int:
        return int(self._all("SELECT COALESCE(MAX(page), 0) FROM fed")[0][0])

    def fed(self, stream: AggregateId) -> list[FeedEntry]:
        sql = "SELECT stream, first, last, hash FROM fed WHERE stream = ? ORDER BY rowid"
        return [FeedEntry(*found) for found in self._all(sql, stream)]

    def gaps_of_feed(self) -> Iterator[tuple[int, AggregateId, int]]:
        yield from self._all(GAPS)

    def add_stream(
        self, stream: AggregateId, yields: Mapping[RowKey, Row | None], end: int
    ) -> None:
        self._many("INSERT OR IGNORE INTO streams VALUES (?, ?)", [(stream, end)])
        yielded = [(*key, stream, *self._folded(key, row)) for key, row in yields.items()]
        self._many("INSERT OR IGNORE INTO yielded VALUES (?, ?, ?, ?, ?)", yielded)

    def differing(self) -> Iterator[Differing]:
        for stream, model, id, folded, stored, missing in self._each(DIFFERING):
            found = None if stored is None else json.loads(stored)
            yield Differing(stream, RowKey(model, id), json.loads(folded), found, bool(missing))

    def behind(self) -> Iterator[AggregateId]:
        yield from (AggregateId(stream) for (stream,) in self._each(BEHIND))

    def ahead(self) -> Iterator[AggregateId]:
        yield from (AggregateId(stream) for (stream,) in self._each(AHEAD))

    def end(self, stream: AggregateId) -> int:
        found = self._all("SELECT last FROM streams WHERE stream = ?", stream)
        return int(found[0][0]) if found else 0

    def streams(self) -> int:
        return int(self._all("SELECT COUNT(*) FROM streams")[0][0])

    def rows_compared(self) -> dict[str, int]:
        sql = "SELECT model, COUNT(*) FROM yielded WHERE content IS NOT NULL GROUP BY model"
        return dict(self._all(sql))

    def fed_only(self) -> Iterator[AggregateId]:
        sql = "SELECT DISTINCT stream FROM fed WHERE stream NOT IN (SELECT stream FROM streams)"
        yield from (AggregateId(stream) for (stream,) in self._all(sql))

    def strays(self) -> Iterator[tuple[RowKey, int | None]]:
        yield from ((RowKey(model, id), version) for model, id, version in self._all(STRAYS))

    def shared(self) -> dict[RowKey, list[AggregateId]]:
        found: dict[RowKey, list[AggregateId]] = {}
        for model, id, stream in self._all(SHARED):
            found.setdefault(RowKey(model, id), []).append(AggregateId(stream))
        return found

    def is_shared(self, row: RowKey) -> bool:
        sql = "SELECT COUNT(*) FROM yielded WHERE model = ? AND id = ?"
        return int(self._all(sql, *row)[0][0]) > 1

    def _folded(self, key: RowKey, row: Row | None) -> tuple[int | None, str | None]:
        return (None, None) if row is None else (row.version, self._content(key, row))

    def _content(self, key: RowKey, row: StoredRow) -> str | None:
        """Return the row as one text, in whatever order objects within it were stored."""
        if isinstance(row, UnreadableRow):
            return None
        # Entries of the index of words belong to no model of the schema.
        kind = self._schema.rows.get(key.model, type(row))
        plain = adapter(kind).dump_python(row, mode="json")
        return json.dumps(with_one_spelling(plain), sort_keys=True)

    def _many(self, sql: str, values: Collection[tuple[Any, ...]]) -> None:
        with self._lock:
            self._file.executemany(sql, values)

    def _each(self, sql: str) -> Iterator[Any]:
        """Yield what is found, a part at a time; it may be much."""
        with closing(self._file.execute(sql)) as cursor:
            while True:
                with self._lock:
                    found = cursor.fetchmany(PART)
                if not found:
                    return
                yield from found

    def _all(self, sql: str, *values: object) -> list[Any]:
        with self._lock, closing(self._file.execute(sql, values)) as cursor:
            return cursor.fetchall()


def with_one_spelling(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Write a whole number without its fraction, as one does that was stored: 3 for 3.0."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, dict):
        return {name: with_one_spelling(one) for name, one in value.items()}
    return [with_one_spelling(one) for one in value] if isinstance(value, list) else value
