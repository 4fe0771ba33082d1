"""Rows that another group of the same stream writes: whether they show what it says by a version.

No row that a caller may read tells how far that group is, as its rows change at some events only.
So the stream is folded up to the version, and the rows are compared with what that yields.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from application.ports import RowPage
from edge.queries.routes import QueryPorts
from kernel.projection import Row, fold_rows
from kernel.query import Within


@dataclass(frozen=True, slots=True)
class Following:
    """The rows of a part, as their stream has them at a version, by their ids."""

    rows: Mapping[str, Row]
    hidden: str | None

    @classmethod
    def of(cls, query: Within, ports: QueryPorts, id: str, version: int) -> "Following":
        """Read the stream of the row to which they belong, and fold it."""
        projection = ports.contents.follower(query)
        if projection is None or version == 0:
            return cls({}, query.hidden)
        commits = ports.store.read(projection.aggregate.id(id))
        recorded = (one for commit in commits for one in commit.recorded(projection.events))
        rows = fold_rows(projection, takewhile(lambda one: one.sequence <= version, recorded))
        model = ports.contents.read_models.models[query.index.document]
        return cls({key.id: row for key, row in rows.items() if key.model == model}, query.hidden)

    def is_shown(self, page: RowPage | None, *, first: bool = True) -> bool:
        """Tell whether a page shows them so, or later. `None` has had no room for any.

        Of several pages each shows some: a row may be missing.
        """
        if page is None:
            return True
        versions = {row["id"]: row["version"] for row in page["items"]}
        if any(versions[id] < self.rows[id].version for id in versions.keys() & self.rows.keys()):
            return False
        shown = {*versions, *page.get("unreadable", ())}
        return not first or bool(page.get("nextToken")) or self._listed <= shown

    @property
    def _listed(self) -> set[str]:
        return {id for id, row in self.rows.items() if getattr(row, "status", "") != self.hidden}
