"""Sealed values shown to a person, as far as they may see them and as far as they still open."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from application.commit import Commit
from application.privacy.client import unpacked
from application.privacy.sealing import FORGOTTEN, UNREADABLE, SealBroken, Sealer
from application.publishing.envelopes import envelopes
from kernel.event_types import EventTypes
from kernel.messages import Event
from kernel.personal import Personal, read

T = TypeVar("T")

WITHHELD = "[withheld]"
CLIENT = ("sourceIp", "userAgent")


@dataclass(frozen=True)
class Opener:
    """`may_open` tells of a subject's `sub` whether their values are shown to who asks."""

    sealer: Sealer
    may_open: Callable[[str], bool]

    def envelopes(self, events: EventTypes[Any], commit: Commit) -> Iterator[dict[str, Any]]:
        """The commit's events as they are published, opened, with where the command came from.

        What cannot be shown says why: `[forgotten]`, `[withheld]`, `[unreadable]`.
        Raises `Unavailable`.
        """
        client = self._client(commit)
        for envelope in envelopes(commit):
            kind = events.classes.get(envelope["eventType"])
            data = self._data(kind, envelope["data"]) if kind else envelope["data"]
            yield {**envelope, "data": data, "metadata": {**envelope["metadata"], **client}}

    def _data(self, kind: type[Event], data: Mapping[str, Any]) -> dict[str, Any]:
        fields = {name: of for name, of in personal_fields(kind).items() if data.get(name)}
        opened = {name: self._text(sub(data[of]), data[name]) for name, of in fields.items()}
        return {**data, **opened}

    def _text(self, subject: str, sealed: str) -> str:
        return self._shown(subject, lambda: self.sealer.open(subject, read(sealed)))

    def _client(self, commit: Commit) -> dict[str, str]:
        if commit.client is None:
            return {}
        subject, sealed = sub(commit.actor), commit.client
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
    """Stored names of the sealed fields, each with that of the field which says whose it is."""
    marked = {
        name: mark.subject
        for name, field in kind.model_fields.items()
        for mark in field.metadata
        if isinstance(mark, Personal)
    }
    aliases = {name: field.alias or name for name, field in kind.model_fields.items()}
    return {aliases[name]: aliases[subject] for name, subject in marked.items()}


def sub(principal: str) -> str:
    """Return the `sub` of `<sub>::<username>`."""
    return principal.partition("::")[0]
