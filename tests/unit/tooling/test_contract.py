"""Planted changes of events, request bodies and the API: those that break something are refused."""

import copy
import json
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field, JsonValue, StringConstraints, create_model
from typer.testing import CliRunner

from edge.http.api import VERSION
from edge.http.openapi import document
from kernel.messages import Event, Message
from skafu.cli import app
from skafu.contract import released
from skafu.contract.api import api_breaks
from skafu.contract.breaks import Break
from skafu.contract.events import EventToday, early_breaks, event_breaks
from skafu.generate.schemas import data_schema
from tests.support import documented
from tests.support.kitchen.contents import kitchen


class Leaf(StrEnum):
    GREEN = "GREEN"
    BLACK = "BLACK"


class OneLeaf(StrEnum):
    GREEN = "GREEN"


class MoreLeaves(StrEnum):
    GREEN = "GREEN"
    BLACK = "BLACK"
    WHITE = "WHITE"


class Pot(Message):
    size: int
    lid: bool = True


class PotWithoutLid(Message):
    size: int


class PotOpen(Message):
    size: int
    lid: bool = False


class PotWithSpout(Pot):
    spout: str = "curved"


class PotWithHandle(Pot):
    handle: str


ShortText = Annotated[str, StringConstraints(max_length=10)]
LongText = Annotated[str, StringConstraints(max_length=20)]
LowerText = Annotated[str, StringConstraints(pattern="^[a-z]*$")]
ABSENT = None
"""The field is not there any more."""

FIELDS: dict[str, Any] = {
    "cups": (int, ...),
    "leaf": (Leaf, ...),
    "label": (LongText, ...),
    "note": (str | None, None),
    "sugar": (int, 2),
    "guests": (tuple[str, ...], ()),
    "pot": (Pot | None, None),
    "extras": (dict[str, JsonValue], Field(default_factory=dict)),
}


def poured(
    version: str = "1.0",
    upcasters: frozenset[int] = frozenset(),
    downcasters: frozenset[int] = frozenset(),
    **fields: Any,  # noqa: ANN401 - as create_model takes them
) -> EventToday:
    """`TeaPoured` with these fields changed, added, or left out."""
    kept = {name: kind for name, kind in {**FIELDS, **fields}.items() if kind is not ABSENT}
    event: type[Event] = create_model("TeaPoured", __base__=Event, **kept)
    event.schema_version = version
    return EventToday(version, data_schema(event), upcasters, downcasters, aggregate="tea")


NO_FIELDS: dict[str, Any] = dict.fromkeys(FIELDS, ABSENT)
RELEASED = {"TeaPoured": {"1.0": poured().schema}}

INCOMPATIBLE_EVENTS = {
    "a class that is gone": (None, "is stored, and no class reads it any more"),
    "a field removed": (poured(note=ABSENT), "`note` is gone"),
    "a field renamed": (poured(note=ABSENT, remark=(str | None, None)), "`note` is gone"),
    "a field added without a default": (poured(milk=(str, ...)), "`milk` is required now"),
    "a default made required": (poured(sugar=(int, ...)), "`sugar` is required now"),
    "a required field given a default": (poured(cups=(int, 1)), "`cups` may be missing now"),
    "another default": (poured(sugar=(int, 0)), "`sugar` has default 0 now; it had 2"),
    "another default made by a function": (
        poured(extras=(dict[str, JsonValue], Field(default_factory=lambda: {"ice": 1}))),
        '`extras` has default {"ice": 1} now; it had {}',
    ),
    "another default within": (
        poured(pot=(PotOpen | None, None)),
        "`pot.lid` has default false now; it had true",
    ),
    "another type": (poured(cups=(str, ...)), "`cups` takes string now, no longer integer"),
    "a nullable field that takes no null": (
        poured(note=(str, "")),
        "`note` takes string now, no longer null",
    ),
    "a value fewer": (poured(leaf=(OneLeaf, ...)), '`leaf` takes "GREEN" now'),
    "a value more": (poured(leaf=(MoreLeaves, ...)), '`leaf` may be "WHITE" now'),
    "a tighter limit": (poured(label=(ShortText, ...)), "`label` has maxLength 10 now; it had 20"),
    "a limit where none was": (
        poured(guests=(tuple[ShortText, ...], ())),
        "`guests.[]` has maxLength 10 now; it had none",
    ),
    "a pattern where none was": (
        poured(note=(LowerText | None, None)),
        '`note` has pattern "^[a-z]*$" now; it had none',
    ),
    "a field removed within": (poured(pot=(PotWithoutLid | None, None)), "`pot.lid` is gone"),
    "a required field within": (
        poured(pot=(PotWithHandle | None, None)),
        "`pot.handle` is required now",
    ),
    "a list that became one": (poured(guests=(str, "")), "`guests` takes string now"),
    "a map that became narrow": (
        poured(extras=(dict[str, int], Field(default_factory=dict))),
        "`extras.*` takes integer now, no longer any JSON",
    ),
    "a major version without an upcaster": (
        poured("2.0", note=ABSENT),
        "does not lead to today's 2.0",
    ),
    "a chain of upcasters with a hole": (
        poured("3.0", upcasters=frozenset({2}), note=ABSENT),
        "does not lead to today's 3.0",
    ),
    "a major version that went back": (poured("0.9"), "does not lead to today's 0.9"),
    "a required field under a new minor version": (
        poured("1.1", milk=(str, ...)),
        "`milk` is required now",
    ),
}

COMPATIBLE_EVENTS = {
    "nothing": poured(),
    "a field with a default": poured(milk=(str | None, None)),
    "several, under a new minor version": poured("1.1", milk=(str | None, None), ice=(bool, False)),
    "a list with a default": poured(spills=(tuple[int, ...], ())),
    "an object with a default": poured(saucer=(Pot, Field(default_factory=lambda: Pot(size=1)))),
    "a field with a default within": poured(pot=(PotWithSpout | None, None)),
    "a major version with its upcaster": poured("2.0", upcasters=frozenset({1}), note=ABSENT),
    "a major version that shares nothing": poured(
        "2.0", upcasters=frozenset({1}), **NO_FIELDS, litres=(float, ...)
    ),
    "two major versions with both upcasters": poured("3.0", upcasters=frozenset({1, 2})),
    "a downcaster from the next version": poured(downcasters=frozenset({2})),
    "another description": poured(cups=(int, Field(description="How many."))),
}


@pytest.mark.feature("V2", "V6", "W10")
class TestEvents:
    @pytest.mark.parametrize("change", INCOMPATIBLE_EVENTS)
    def test_a_change_that_loses_something_is_refused(self, change: str) -> None:
        event, says = INCOMPATIBLE_EVENTS[change]
        found = list(event_breaks(RELEASED, {} if event is None else {"TeaPoured": event}))

        assert says in "\n".join(map(str, found))
        assert all(shows_a_way_out(broken) for broken in found)
        assert {broken.subject for broken in found} == {"TeaPoured 1.0"}

    @pytest.mark.parametrize("change", COMPATIBLE_EVENTS)
    def test_a_change_that_loses_nothing_passes(self, change: str) -> None:
        assert list(event_breaks(RELEASED, {"TeaPoured": COMPATIBLE_EVENTS[change]})) == []

    def test_a_new_event_passes(self) -> None:
        assert list(event_breaks(RELEASED, {"TeaPoured": poured(), "TeaSpilt": poured()})) == []

    def test_every_version_that_was_released_counts(self) -> None:
        both = {"TeaPoured": {**RELEASED["TeaPoured"], "2.0": poured("2.0", note=ABSENT).schema}}
        with_upcaster = poured("2.0", upcasters=frozenset({1}), note=ABSENT)
        without = poured("2.0", note=ABSENT, sugar=ABSENT)

        assert list(event_breaks(both, {"TeaPoured": with_upcaster})) == []
        assert subjects(event_breaks(both, {"TeaPoured": without})) == {
            "TeaPoured 1.0",
            "TeaPoured 2.0",
        }


@pytest.mark.feature("V3")
class TestWhatIsReadableBeforeItIsWritten:
    SINCE: ClassVar = {"TeaPoured": {"1.0": "0.1.0", "2.0": "0.2.0"}}

    def early(self, release: str, **written: str) -> set[str]:
        return subjects(early_breaks(written, self.SINCE, release, first="0.1.0"))

    def test_a_version_is_recorded_by_the_release_after_the_one_that_reads_it(self) -> None:
        assert self.early("0.2.0", TeaPoured="2.0") == {"TeaPoured 2.0"}
        assert self.early("0.3.0", TeaPoured="2.0") == set()

    def test_so_is_a_new_event(self) -> None:
        assert self.early("0.2.0", TeaSpilt="1.0") == {"TeaSpilt 1.0"}

    def test_a_minor_version_is_readable_with_its_major(self) -> None:
        assert self.early("0.2.0", TeaPoured="1.7") == set()

    def test_the_first_release_surprises_nobody(self) -> None:
        assert self.early("0.1.0", TeaSpilt="1.0") == set()


CREATE = ("paths", "/teapots", "post")
BODY = ("components", "schemas", "MakeTeapotBody")
ACCEPTED = ("components", "schemas", "AcceptedBody")
KEY = ("components", "parameters", "IdempotencyKey")
PROBLEM = ("components", "responses", "Problem409")
Steps = tuple[str | int, ...]
Change = Callable[[dict[str, Any]], object]


def at(document: Any, path: Steps) -> Any:  # noqa: ANN401 - any JSON
    for step in path:
        document = document[step]
    return document


def put(path: Steps, value: object) -> Change:
    return lambda document: at(document, path[:-1]).__setitem__(path[-1], value)


def drop(path: Steps) -> Change:
    return lambda document: at(document, path[:-1]).pop(path[-1])


def add(path: Steps, *values: object) -> Change:
    return lambda document: at(document, path).extend(values)


def both(*changes: Change) -> Change:
    return lambda document: [change(document) for change in changes]


def header(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "in": "header", "schema": {"type": "string"}, **more}


INCOMPATIBLE_API: dict[str, tuple[Change, str]] = {
    "an operation that is gone": (drop(CREATE), "POST /teapots: is gone"),
    "a path that is gone": (drop(("paths", "/teapots")), "GET /teapots: is gone"),
    "another operationId": (put((*CREATE, "operationId"), "make"), "has another operationId"),
    "a status that is gone": (drop((*CREATE, "responses", "202")), "answer 202 is gone"),
    "a media type that is gone": (
        put((*CREATE, "responses", "202", "content"), {"text/plain": {}}),
        "answer 202 is no longer application/json",
    ),
    "a header of an answer that is gone": (
        drop((*CREATE, "responses", "202", "headers", "ETag")),
        "answer 202: header ETag is gone",
    ),
    "a problem that is none": (
        put((*PROBLEM, "content"), {"text/plain": {}}),
        "answer 409 is no longer application/problem+json",
    ),
    "a field of an answer that is gone": (
        both(
            drop((*ACCEPTED, "properties", "version")),
            lambda d: at(d, (*ACCEPTED, "required")).remove("version"),
        ),
        "answer 202: `version` may be missing now",
    ),
    "a field of an answer that may be missing": (
        lambda d: at(d, (*ACCEPTED, "required")).remove("aggregateId"),
        "answer 202: `aggregateId` may be missing now",
    ),
    "a field of an answer of another type": (
        put((*ACCEPTED, "properties", "version"), {"type": "string"}),
        "answer 202: `version` may be string now; it was integer",
    ),
    "a field of an answer that may be null": (
        put(
            (*ACCEPTED, "properties", "timestamp"),
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        "answer 202: `timestamp` may be null now; it was string",
    ),
    "a required header": (
        add((*CREATE, "parameters"), header("X-Tea", required=True)),
        "header parameter x-tea is new and required",
    ),
    "a header that became required": (
        put((*KEY, "required"), True),
        "header parameter idempotency-key is required now",
    ),
    "a header that is gone": (
        drop((*CREATE, "parameters", 0)),
        "header parameter idempotency-key is gone",
    ),
    "a narrower header": (
        put((*KEY, "schema"), {"type": "string", "maxLength": 8}),
        "header parameter idempotency-key: takes string now, no longer null",
    ),
    "a required field of a body": (
        both(
            put((*BODY, "properties", "budget"), {"type": "integer"}),
            add((*BODY, "required"), "budget"),
        ),
        "request: `budget` is required now",
    ),
    "a field of a body that is gone": (
        drop((*BODY, "properties", "description")),
        "request: `description` is gone",
    ),
    "a shorter field of a body": (
        put((*BODY, "properties", "name", "maxLength"), 50),
        "request: `name` has maxLength 50 now; it had 100",
    ),
    "another default in a body": (
        put((*BODY, "properties", "description", "default"), "None yet"),
        'request: `description` has default "None yet" now; it had no default',
    ),
    "a body of another media type": (
        put((*CREATE, "requestBody", "content"), {"application/xml": {}}),
        "no longer takes application/json",
    ),
    "a body that became required": (
        put(("paths", "/teapots/{id}/retire", "post", "requestBody", "required"), True),
        "the request body is required now",
    ),
    "another way of signing in": (
        put((*CREATE, "security"), [{"apiKey": []}]),
        "is no longer open to idToken",
    ),
}

COMPATIBLE_API: dict[str, Change] = {
    "nothing": lambda _: None,
    "a new operation": put(("paths", "/cups"), {"get": {"responses": {"200": {}}}}),
    "a new status": put((*CREATE, "responses", "418"), {"description": "A teapot"}),
    "a field more in an answer": both(
        put((*ACCEPTED, "properties", "etag"), {"type": "string"}),
        add((*ACCEPTED, "required"), "etag"),
    ),
    "a header more in an answer": put(
        (*CREATE, "responses", "202", "headers", "X-Tea"), {"schema": {"type": "string"}}
    ),
    "an optional header": add((*CREATE, "parameters"), header("X-Tea")),
    "an optional field of a body": put(
        (*BODY, "properties", "budget"), {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    ),
    "a longer field of a body": put((*BODY, "properties", "name", "maxLength"), 200),
    "a field of a body without a limit": drop((*BODY, "properties", "name", "maxLength")),
    "a field of a body that is required no more": lambda d: at(d, (*BODY, "required")).remove(
        "name"
    ),
    "a field of a body that takes null": put(
        (*BODY, "properties", "name"),
        {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 100}, {"type": "null"}]},
    ),
    "a body of another media type besides": put(
        (*CREATE, "requestBody", "content", "application/cbor"), {"schema": {}}
    ),
    "another way of signing in besides": put(
        (*CREATE, "security"), [{"idToken": []}, {"apiKey": []}]
    ),
    "other descriptions": put((*CREATE, "summary"), "Begin a teapot"),
}


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    """Return enough of an API for the changes above."""
    whole = document(kitchen)
    paths = ("/teapots", "/commands/make-teapot", "/teapots/{id}/retire")
    return {**whole, "paths": {path: whole["paths"][path] for path in paths}}


def changed(api: dict[str, Any], change: Change) -> list[Break]:
    after = copy.deepcopy(api)
    change(after)
    return list(api_breaks(api, after))


@pytest.mark.feature("V2", "V6", "W10")
class TestApi:
    @pytest.mark.parametrize("change", INCOMPATIBLE_API)
    def test_a_change_that_clients_would_notice_is_refused(
        self, change: str, api: dict[str, Any]
    ) -> None:
        make, says = INCOMPATIBLE_API[change]
        found = changed(api, make)

        assert says in "\n".join(map(str, found))
        assert all(shows_a_way_out(broken) for broken in found)

    @pytest.mark.parametrize("change", COMPATIBLE_API)
    def test_a_change_that_no_client_notices_passes(self, change: str, api: dict[str, Any]) -> None:
        assert changed(api, COMPATIBLE_API[change]) == []


def shows_a_way_out(broken: Break) -> bool:
    return len(broken.way_out.split()) > 3 and broken.way_out.endswith(".")


def subjects(found: Iterable[Break]) -> set[str]:
    return {broken.subject for broken in found}


@pytest.mark.feature("V6", "W10")
def test_todays_code_keeps_what_was_released() -> None:
    found = [*released.broken_events(), *released.broken_api()]

    assert not found, "\n".join(map(str, found))


NAME, TODAY = next(iter(released.todays_events().items()))
"""Some event of today."""


@pytest.mark.feature("V6")
class TestReleasing:
    def test_makes_todays_events_and_api_the_contract(self, tmp_path: Path) -> None:
        released.release(tmp_path)
        contract = released.released(tmp_path)

        assert contract.openapi == documented.document()
        assert {
            (event_type, version): schema
            for event_type, versions in contract.events.items()
            for version, schema in versions.items()
        } == {(name, e.version): e.schema for name, e in released.todays_events().items()}

    def test_changes_nothing_the_second_time(self, tmp_path: Path) -> None:
        assert released.release(tmp_path) != []
        assert released.release(tmp_path) == []

    def test_keeps_versions_that_are_recorded_no_more(self, tmp_path: Path) -> None:
        released.put(tmp_path / "events" / NAME / "0.9.json", "{}\n")
        released.release(tmp_path)

        assert released.released(tmp_path).events[NAME].keys() == {"0.9", TODAY.version}

    def test_notes_the_release_that_first_read_a_version(self, tmp_path: Path) -> None:
        early = {"first": "0.0.1", "readableSince": {NAME: {"0.9": "0.0.1"}}}
        released.put(tmp_path / "openapi.json", '{"paths": {}}\n')
        released.put(tmp_path / "releases.json", json.dumps(early) + "\n")
        released.release(tmp_path)
        contract = released.released(tmp_path)

        assert contract.first == "0.0.1"
        assert contract.readable_since[NAME] == {"0.9": "0.0.1", TODAY.version: VERSION}

    def test_finds_nothing_broken_where_nothing_was_released(self, tmp_path: Path) -> None:
        nothing = released.released(tmp_path)

        assert list(event_breaks(nothing.events, released.todays_events())) == []
        assert list(api_breaks(nothing.openapi, documented.document())) == []


class TestCommand:
    def test_says_that_what_was_released_is_kept(self) -> None:
        answer = CliRunner().invoke(app, ["contract", "check"])

        assert answer.exit_code == 0, answer.output
        assert "What was released is kept." in answer.output

    @pytest.mark.parametrize("command", ["check", "release"])
    def test_has_help(self, command: str) -> None:
        assert CliRunner().invoke(app, ["contract", command, "--help"]).exit_code == 0


def test_at_least_twenty_changes_of_each_kind_are_planted() -> None:
    assert len(INCOMPATIBLE_EVENTS) + len(INCOMPATIBLE_API) >= 40
    assert len(COMPATIBLE_EVENTS) + len(COMPATIBLE_API) >= 20
