"""Sealed values of a commit, opened for those who may see them; the rest of it is left as it is."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from application.commit import Commit, canonical_json, encode_event
from application.ports import Unavailable
from application.privacy.client import packed
from application.privacy.opening import Opener, personal_fields
from application.privacy.sealing import Sealer
from application.publishing.envelopes import envelopes
from kernel.messages import Event
from tests.support.commits import commit
from tests.support.kitchen.events import TeapotMade, TeapotRenamed
from tests.support.kitchen.teapot import teapot
from tests.support.sealers import KeyOffice
from tests.support.spec import ACTOR

pytestmark = pytest.mark.feature("L10", "W11", "E12")

SUB = "ada-sub"
CLIENT = {"sourceIp": "203.0.113.7", "userAgent": "Canary/1"}


@pytest.fixture
def office() -> KeyOffice:
    return KeyOffice()


@pytest.fixture
def made(office: KeyOffice) -> Commit:
    """A teapot of Ada's, with her name but no e-mail, and its renaming, in one commit."""
    sealer = office.sealer()
    events = [
        TeapotMade(owner=ACTOR, name="Urn", owner_name=sealer.seal(SUB, "Ada Example")),
        TeapotRenamed(name="Samovar"),
    ]
    client = sealer.seal_octets(SUB, packed(CLIENT))
    return replace(commit(events=2), events=encoded(*events), client=client)


def encoded(*events: Any) -> str:  # noqa: ANN401 - events of any kind
    return canonical_json([encode_event(event) for event in events])


def opened(office: KeyOffice, made: Commit, reader: str = SUB) -> list[dict[str, Any]]:
    opener = Opener(office.sealer(), lambda subject: subject == reader)
    return list(opener.envelopes(teapot.events, made))


def test_what_is_sealed_is_opened_and_nothing_else_is_touched(
    office: KeyOffice, made: Commit
) -> None:
    first, second = envelopes(made)
    expected = [
        {**first, "data": {**first["data"], "ownerName": "Ada Example"}},
        second,
    ]

    assert opened(office, made) == [
        {**each, "metadata": {"userId": SUB, **CLIENT}} for each in expected
    ]


def test_a_reader_who_may_not_open_it_sees_that_it_is_withheld(
    office: KeyOffice, made: Commit
) -> None:
    first, second = opened(office, made, reader="eve-sub")

    assert first["data"] == {"owner": ACTOR, "name": "Urn", "ownerName": "[withheld]"}
    assert second["data"] == {"name": "Samovar"}
    assert second["metadata"]["sourceIp"] == second["metadata"]["userAgent"] == "[withheld]"


def test_a_commit_of_nobody_s_client_shows_none(office: KeyOffice, made: Commit) -> None:
    first, _ = opened(office, replace(made, client=None))

    assert first["metadata"] == {"userId": SUB}
    assert first["data"]["ownerName"] == "Ada Example"


def test_an_event_that_this_release_does_not_know_is_shown_as_it_is_stored(
    office: KeyOffice,
) -> None:
    """Nobody knows which of its fields are sealed."""
    unknown = [{"eventType": "Poured", "schemaVersion": "1.0", "data": {"ownerName": "s1:x"}}]
    stored = replace(commit(), events=canonical_json(unknown))

    assert opened(office, stored) == list(envelopes(stored))


@pytest.mark.parametrize("text", ["Ada Example", "s1:" + "A" * 40])
def test_what_cannot_be_opened_says_so(office: KeyOffice, made: Commit, text: str) -> None:
    damaged = made.stored_events()
    damaged[0]["data"]["ownerName"] = text
    first, _ = opened(
        office, replace(made, events=canonical_json(damaged), client=b"no client of hers")
    )

    assert first["data"]["ownerName"] == "[unreadable]"
    assert first["metadata"]["sourceIp"] == first["metadata"]["userAgent"] == "[unreadable]"


def test_octets_that_are_no_client_say_so(office: KeyOffice, made: Commit) -> None:
    other = office.sealer().seal_octets(SUB, b"\x02 of a later release")
    first, _ = opened(office, replace(made, client=other))

    assert first["metadata"]["sourceIp"] == "[unreadable]"


def test_what_was_forgotten_says_so(office: KeyOffice, made: Commit) -> None:
    office.process().forget(SUB)
    first, _ = opened(office, made)

    assert first["data"]["ownerName"] == "[forgotten]"
    assert first["metadata"]["userAgent"] == "[forgotten]"


@dataclass(frozen=True)
class NoKeys(Sealer):
    def open_octets(self, subject: str, octets: bytes) -> bytes | None:
        raise Unavailable("throttled")


def test_keys_that_do_not_answer_are_not_taken_for_a_damage(
    office: KeyOffice, made: Commit
) -> None:
    opener = Opener(NoKeys(office.process()), lambda _: True)

    with pytest.raises(Unavailable):
        list(opener.envelopes(teapot.events, made))


class Poured(Event):
    type: Literal["Poured"] = "Poured"
    cup: Annotated[str, Field(max_length=9)] = ""


def test_sealed_fields_are_known_by_their_stored_names() -> None:
    assert personal_fields(TeapotMade) == {"ownerName": "owner", "ownerEmail": "owner"}
    assert personal_fields(TeapotRenamed) == personal_fields(Poured) == {}
