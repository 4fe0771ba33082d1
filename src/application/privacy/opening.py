"""Open sealed values for a reader who may see them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from application.commit import Commit
from application.privacy.client import unpacked
from application.privacy.sealing import FORGOTTEN, UNREADABLE, SealBroken, Sealer
from application.publishing.envelopes import envelopes
from kernel.actor import user_id
from kernel.event_types import EventTypes
from kernel.messages import Event
from kernel.personal import KEPT, Personal, Unopened, read
from kernel.projection import Projection, Row, RowKey, with_texts

T = TypeVar("T")

WITHHELD = "[withheld]"
CLIENT = ("sourceIp", "userAgent")


@dataclass(frozen=True)
class Opener:
    """Opens the values of those subjects for which `may_open` returns true."""

    sealer: Sealer
    may_open: Callable[[str], bool]

    def envelopes(self, events: EventTypes[Any], commit: Commit) -> Iterator[dict[str, Any]]:
        """Yield the commit's events as published, opened, with the client of the command.

        A value that cannot be shown is replaced by the reason: `[forgotten]`, `[withheld]`,
        `[unreadable]`. Raises `Unavailable`.
        """
        client = self._client(commit)
        for envelope in envelopes(commit):
            kind = events.classes.get(envelope["eventType"])
            data = self._data(kind, envelope["data"]) if kind else envelope["data"]
            yield {**envelope, "data": data, "metadata": {**envelope["metadata"], **client}}

    def _data(self, kind: type[Event], data: Mapping[str, Any]) -> dict[str, Any]:
        sealed = {name: of for name, of in personal_fields(kind).items() if data.get(name)}
        opened = {name: self._text(user_id(data[of]), data[name]) for name, of in sealed.items()}
        return {**data, **opened}

    def _text(self, subject: str, sealed: str) -> str:
        return self._shown(subject, lambda: self.sealer.open(subject, read(sealed)))

    def _client(self, commit: Commit) -> dict[str, str]:
        if commit.client is None:
            return {}
        subject, sealed = user_id(commit.actor), commit.client
        shown = self._shown(subject, lambda: self._unsealed_client(subject, sealed))
        return dict.fromkeys(CLIENT, shown) if isinstance(shown, str) else shown

    def _unsealed_client(self, subject: str, sealed: bytes) -> dict[str, str] | None:
        opened = self.sealer.open_octets(subject, sealed)
        return None if opened is None else unpacked(opened)

    def _shown(self, subject: str, opened: Callable[[], T | None]) -> T | str:
        if not self.may_open(subject):
            return WITHHELD
        try:
            value = opened()
        except (SealBroken, ValueError):
            return UNREADABLE
        return FORGOTTEN if value is None else value


def personal_fields(kind: type[Event]) -> dict[str, str]:
    """Map each sealed field to the field that names its subject, by their stored names."""
    marked = {
        name: mark.subject
        for name, field in kind.model_fields.items()
        for mark in field.metadata
        if isinstance(mark, Personal)
    }
    aliases = {name: field.alias or name for name, field in kind.model_fields.items()}
    return {aliases[name]: aliases[subject] for name, subject in marked.items()}


@dataclass(frozen=True, slots=True)
class RowOpener:
    """Opens what rows show of people. What cannot be opened, now or ever, is not shown."""

    sealer: Sealer
    projection: Projection

    def opened(self, key: RowKey, row: Row) -> Row:
        """Return the row as it is to be written. Raises `Unavailable`."""
        return with_texts(row, self.projection.personal.get(key.model, ()), self._text)

    def _text(self, text: str) -> str | None:
        if not isinstance(text, Unopened) or text is KEPT:
            return text
        try:
            return self.sealer.open(text.subject, read(str(text)))
        except (SealBroken, ValueError):
            return None
