"""Personal data in rows: sealed in the fold, readable in the row, in no memory of a process."""

from dataclasses import replace
from typing import Any, cast

import pytest

from application.ports import Unavailable
from application.privacy.opening import RowOpener
from application.privacy.sealing import Sealer
from application.privacy.subject_keys import SubjectKeys
from application.reading.catch_up import CatchUp
from application.reading.verify import Verifier, differs, expected_rows
from application.reading.warm_rows import WarmRows
from kernel.messages import Recorded
from kernel.personal import ForgetSubject, SubjectForgotten, Unopened, unopened
from kernel.projection import Projection, Row, RowKey
from tests.support.desk import Desk
from tests.support.fakes import MemoryReadModels
from tests.support.kitchen.builders import rename
from tests.support.kitchen.commands import MakeTeapot
from tests.support.kitchen.events import TeapotMade
from tests.support.kitchen.projections import project_teapot, teapots
from tests.support.kitchen.read_models import TeapotRow
from tests.support.sealers import LIFETIME, KeyOffice
from tests.support.spec import ACTOR, STREAM

pytestmark = pytest.mark.feature("L10", "W11")
SUB, NAME = "ada-sub", "Ada Example"
HEAD = teapots.head(STREAM)


def project(key: RowKey, row: TeapotRow | None, recorded: Recorded[Any]) -> TeapotRow:
    """Show the maker's name as the description."""
    made, event = project_teapot(key, row, recorded), recorded.event
    if isinstance(event, TeapotMade):
        return replace(made, description=unopened(event.owner_name, event.owner))
    return replace(made, description=None) if isinstance(event, SubjectForgotten) else made


of_people = replace(teapots, project=project, personal={"Teapot": ("description",)})


@pytest.fixture
def office() -> KeyOffice:
    return KeyOffice()


@pytest.fixture
def sealer(office: KeyOffice) -> Sealer:
    return office.sealer()


@pytest.fixture
def rows() -> MemoryReadModels:
    return MemoryReadModels()


@pytest.fixture
def desk(office: KeyOffice) -> Desk:
    """Ada's teapot."""
    return made(NAME, office)


def made(name: str, office: KeyOffice) -> Desk:
    desk, sealed = Desk(), office.sealer().seal(SUB, name)
    desk.send(MakeTeapot(owner=ACTOR, name="Urn", owner_name=sealed))
    return desk


def process(
    desk: Desk, rows: MemoryReadModels, sealer: Sealer, memory: WarmRows | None = None
) -> CatchUp:
    return CatchUp(desk.store, rows, of_people, memory, RowOpener(sealer, of_people))


def shown(rows: MemoryReadModels) -> str | None:
    return cast(TeapotRow, rows.rows[HEAD]).description


def test_a_row_is_written_with_what_can_be_read(
    desk: Desk, rows: MemoryReadModels, sealer: Sealer
) -> None:
    process(desk, rows, sealer).reach(STREAM, 1)

    assert shown(rows) == NAME
    assert type(shown(rows)) is str


def test_the_fold_itself_opens_nothing(desk: Desk) -> None:
    row = cast(TeapotRow, expected_rows(of_people, desk.commits())[HEAD])

    assert isinstance(row.description, Unopened)
    assert (row.description.subject, str(row.description)[:3]) == (SUB, "s1:")


def test_a_row_that_is_changed_asks_for_no_key(
    desk: Desk, rows: MemoryReadModels, office: KeyOffice
) -> None:
    process(desk, rows, office.sealer()).reach(STREAM, 1)
    office.table.gets = 0
    desk.send(rename("Samovar"))
    process(desk, rows, office.sealer()).reach(STREAM, 2)

    assert (shown(rows), office.table.gets) == (NAME, 0)


def test_a_warm_process_remembers_no_text_and_leaves_it_as_it_is(
    desk: Desk, rows: MemoryReadModels, sealer: Sealer
) -> None:
    memory = WarmRows(10**6)
    warm = process(desk, rows, sealer, memory)
    warm.reach(STREAM, 1)
    first = repr(memory.recall(STREAM))
    desk.send(rename("Samovar"))
    warm.reach(STREAM, 2)

    assert shown(rows) == NAME
    assert rows.calls == {"get": 1, "create": 1, "update": 1}
    assert NAME not in first + repr(memory.recall(STREAM))
    assert "s1:" not in first + repr(memory.recall(STREAM))


def test_neither_does_one_that_has_read_the_row(
    desk: Desk, rows: MemoryReadModels, sealer: Sealer
) -> None:
    process(desk, rows, sealer).reach(STREAM, 1)
    desk.send(rename("Samovar"))
    memory = WarmRows(10**6)
    process(desk, rows, sealer, memory).reach(STREAM, 2)

    assert "Samovar" in repr(memory.recall(STREAM))
    assert NAME not in repr(memory.recall(STREAM))


def test_a_rebuild_writes_no_row_that_shows_the_same(
    desk: Desk, rows: MemoryReadModels, sealer: Sealer
) -> None:
    process(desk, rows, sealer).reach(STREAM, 1)

    assert process(desk, rows, sealer).rebuild(STREAM) == 0


def test_what_the_stream_forgets_is_gone_from_the_row(
    desk: Desk, rows: MemoryReadModels, sealer: Sealer
) -> None:
    process(desk, rows, sealer).reach(STREAM, 1)
    desk.send(ForgetSubject(subject=SUB), admin=True)
    process(desk, rows, sealer).reach(STREAM, 2)

    assert shown(rows) is None


def test_a_key_that_is_destroyed_opens_no_row_from_then_on(
    desk: Desk, rows: MemoryReadModels, office: KeyOffice
) -> None:
    """Before the stream was told: a rebuild shows nothing, and takes away what is shown."""
    process(desk, rows, office.sealer()).reach(STREAM, 1)
    keys: SubjectKeys = office.process()
    keys.forget(SUB)
    office.seconds += LIFETIME
    process(desk, rows, office.sealer()).rebuild(STREAM)

    assert shown(rows) is None


def test_what_was_sealed_for_somebody_else_is_not_shown(
    rows: MemoryReadModels, office: KeyOffice
) -> None:
    desk, sealed = Desk(), office.sealer().seal("eve-sub", "Eve")
    office.sealer().seal(SUB, NAME)
    desk.send(MakeTeapot(owner=ACTOR, name="Urn", owner_name=sealed))
    process(desk, rows, office.sealer()).reach(STREAM, 1)

    assert shown(rows) is None


def test_verifying_does_not_find_what_never_opens(
    rows: MemoryReadModels, office: KeyOffice
) -> None:
    """No repair could change it."""
    desk, sealed = Desk(), office.sealer().seal("eve-sub", "Eve")
    office.sealer().seal(SUB, NAME)
    desk.send(MakeTeapot(owner=ACTOR, name="Urn", owner_name=sealed))
    process(desk, rows, office.sealer()).reach(STREAM, 1)

    assert found(desk, rows, office.sealer()) == []


def test_verifying_finds_what_could_be_shown_and_is_not(
    desk: Desk, rows: MemoryReadModels, office: KeyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    process(desk, rows, office.sealer()).reach(STREAM, 1)
    rows.rows[HEAD] = replace(cast(TeapotRow, rows.rows[HEAD]), description=None)
    assert found(desk, rows, office.sealer()) == ["differs in description"]

    def throttled(subject: str, wrapped: bytes) -> bytes:
        raise Unavailable("ThrottlingException")

    monkeypatch.setattr(office.wrapper, "unwrap", throttled, raising=True)
    assert found(desk, rows, office.sealer()) == ["differs in description"]


def found(desk: Desk, rows: MemoryReadModels, sealer: Sealer) -> list[str]:
    """Return how rows differ, for one who can open what is sealed."""
    verifier = Verifier(
        desk.store, rows, (of_people,), opener=lambda projection: RowOpener(sealer, projection)
    )
    discrepancies = verifier.check(STREAM).discrepancies
    return [one.what.partition(": ")[2] for one in discrepancies]


def test_keys_that_cannot_be_had_at_present_let_the_row_wait(
    desk: Desk, rows: MemoryReadModels, office: KeyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttled(subject: str, wrapped: bytes) -> bytes:
        raise Unavailable("ThrottlingException")

    monkeypatch.setattr(office.wrapper, "unwrap", throttled, raising=True)
    with pytest.raises(Unavailable):
        process(desk, rows, office.sealer()).reach(STREAM, 1)

    assert rows.rows == {}


def test_a_name_that_looks_sealed_is_a_name(rows: MemoryReadModels, office: KeyOffice) -> None:
    name = f"s1:{'a' * 60}"
    desk = made(name, office)
    process(desk, rows, office.sealer()).reach(STREAM, 1)
    desk.send(rename("Samovar"))
    process(desk, rows, office.sealer()).reach(STREAM, 2)

    assert shown(rows) == name
    assert process(desk, rows, office.sealer()).rebuild(STREAM) == 0


@pytest.mark.parametrize(("stored", "difference"), [(NAME, None), (None, "differs in description")])
def test_verifying_opens_nothing_and_finds_what_is_missing(
    desk: Desk, stored: str | None, difference: str | None
) -> None:
    row = cast(TeapotRow, expected_rows(of_people, desk.commits())[HEAD])

    assert differs(row, replace(row, description=stored)) == difference


def test_verifying_finds_what_should_be_gone(desk: Desk) -> None:
    desk.send(ForgetSubject(subject=SUB), admin=True)
    row = cast(TeapotRow, expected_rows(of_people, desk.commits())[HEAD])

    assert differs(row, replace(row, description=NAME)) == "differs in description"


def test_without_personal_fields_rows_are_written_as_they_are_folded(
    desk: Desk, rows: MemoryReadModels, sealer: Sealer
) -> None:
    plain: Projection = replace(of_people, personal={})
    row: Row = expected_rows(plain, desk.commits())[HEAD]

    assert RowOpener(sealer, plain).opened(HEAD, row) is row
