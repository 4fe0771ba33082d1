"""The one write rule: what is read, what is written, and when it is tried again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import pytest

from application.commit import Commit, encode_events
from application.ports import RowConflict, StoredRow, Unavailable
from application.reading.catch_up import MAX_ATTEMPTS, CatchUp, RowContended
from application.reading.warm_rows import Reached, WarmRows
from kernel.event_types import event_types
from kernel.messages import AggregateId, Recorded
from kernel.ownership import HandedOver
from kernel.projection import Projection, Row, RowKey, fold_rows
from tests.support.desk import Desk
from tests.support.fakes import CountingStore, MemoryReadModels
from tests.support.kitchen.builders import add, change_part, make, part, part_id, rename
from tests.support.kitchen.events import TeapotEvent
from tests.support.kitchen.projections import parts, teapots
from tests.support.kitchen.read_models import TeapotRow
from tests.support.kitchen.teapot import teapot
from tests.support.spec import STREAM

HEAD = teapots.head(STREAM)
CHECKPOINT = parts.head(STREAM)
SPOUT = RowKey("Part", part_id("spout"))


@pytest.fixture
def desk() -> Desk:
    """A teapot with two parts, in three commits: 1, 2 and 3..4."""
    desk = Desk()
    desk.send(make())
    desk.send(add("spout"))
    desk.send(rename("Samovar"))
    return desk


@pytest.fixture
def store(desk: Desk) -> CountingStore:
    return CountingStore(desk.inner)


@pytest.fixture
def rows() -> MemoryReadModels:
    return MemoryReadModels()


def expected(desk: Desk, projection: Projection) -> dict[RowKey, Row]:
    return fold_rows(
        projection, (r for commit in desk.commits() for r in commit.recorded(projection.events))
    )


def shown(rows: MemoryReadModels) -> TeapotRow:
    return cast(TeapotRow, rows.rows[HEAD])


class TestReach:
    @pytest.mark.feature("R2", "R22")
    def test_a_row_that_has_reached_the_hint_reads_no_store(
        self, store: CountingStore, rows: MemoryReadModels
    ) -> None:
        catch_up = CatchUp(store, rows, teapots)
        catch_up.reach(STREAM, 3)
        store.reads.clear()

        assert [catch_up.reach(STREAM, sequence) for sequence in (1, 2, 3)] == [0, 0, 0]
        assert store.reads == []

    @pytest.mark.feature("R23")
    def test_the_head_is_read_once(self, store: CountingStore, rows: MemoryReadModels) -> None:
        CatchUp(store, rows, teapots).reach(STREAM, 3)

        assert (rows.calls["get"], rows.calls["create"]) == (1, 1)

    def test_an_early_hint_brings_the_row_to_the_end_of_the_stream(
        self, desk: Desk, store: CountingStore, rows: MemoryReadModels
    ) -> None:
        CatchUp(store, rows, teapots).reach(STREAM, 1)

        assert rows.rows == expected(desk, teapots)

    def test_a_row_of_the_first_event_goes_on_with_the_second(self, rows: MemoryReadModels) -> None:
        desk = Desk()
        desk.send(make("Teapot"))
        catch_up = CatchUp(desk.store, rows, teapots)
        catch_up.reach(STREAM, 1)
        desk.send(add("spout"))
        catch_up.reach(STREAM, 2)

        assert rows.rows == expected(desk, teapots)
        assert desk.store.commits_read == 2

    def test_a_row_goes_on_from_where_it_was(
        self, desk: Desk, store: CountingStore, rows: MemoryReadModels
    ) -> None:
        catch_up = CatchUp(store, rows, teapots)
        catch_up.reach(STREAM, 3)
        desk.send(rename("Urn"))
        store.commits_read = 0
        catch_up.reach(STREAM, 4)

        assert (store.commits_read, shown(rows).name) == (1, "Urn")

    @pytest.mark.feature("R23")
    def test_a_row_in_the_middle_of_a_commit_takes_the_rest_of_it(
        self, rows: MemoryReadModels
    ) -> None:
        desk = Desk()
        desk.send(make(parts=[part("spout"), part("lid")]))
        (commit,) = desk.commits()
        first, second, _ = commit.recorded(teapots.events)
        rows.rows = fold_rows(teapots, [first, second])
        CatchUp(desk.store, rows, teapots).reach(STREAM, 3)

        assert rows.rows == expected(desk, teapots)

    def test_a_hint_about_nothing_writes_nothing(self, rows: MemoryReadModels) -> None:
        assert CatchUp(Desk().store, rows, teapots).reach(STREAM, 10**9) == 0
        assert rows.rows == {}

    def test_a_row_never_goes_back(self, desk: Desk, rows: MemoryReadModels) -> None:
        catch_up = CatchUp(desk.store, rows, teapots)
        for sequence in (3, 1, 2):
            catch_up.reach(STREAM, sequence)

        assert shown(rows).version == 3


@pytest.mark.feature("R22")
@pytest.mark.parametrize("version", [None, 1, 3, 10])
@pytest.mark.parametrize("projection_version", [None, 0, teapots.version])
class TestARowThatCannotBeRead:
    """The schema lacks one of its values, or it is not of its type: only guards are known."""

    def test_is_folded_anew_although_nothing_is_new(
        self,
        desk: Desk,
        store: CountingStore,
        rows: MemoryReadModels,
        version: int | None,
        projection_version: int | None,
    ) -> None:
        catch_up = CatchUp(store, rows, teapots)
        catch_up.reach(STREAM, 3)
        rows.spoil(HEAD, version=version, projection_version=projection_version)
        reached = CatchUp(store, rows, teapots).reach(STREAM, 3)

        assert (reached, rows.rows) == (1, expected(desk, teapots))

    def test_below_a_checkpoint_is_folded_anew_with_its_siblings(
        self,
        desk: Desk,
        store: CountingStore,
        rows: MemoryReadModels,
        version: int | None,
        projection_version: int | None,
    ) -> None:
        CatchUp(store, rows, parts).reach(STREAM, 3)
        rows.spoil(SPOUT, version=version, projection_version=projection_version)
        desk.send(change_part("spout", name="beak"))
        CatchUp(store, rows, parts).reach(STREAM, 4)

        assert (rows.rows, rows.unreadable) == (expected(desk, parts), {})


@dataclass
class StaleRows(MemoryReadModels):
    """Reads answer what the row was before its last write, so many times."""

    before: Row | None = None
    times: int = 0

    def get(self, key: RowKey) -> StoredRow | None:
        if self.times:
            self.times -= 1
            return self.before
        return super().get(key)


class TestCompareAndSet:
    @pytest.mark.feature("R22")
    def test_a_stale_read_is_noticed_and_read_again(self, desk: Desk, store: CountingStore) -> None:
        first, *_ = desk.commits()
        stale = fold_rows(teapots, first.recorded(teapots.events))[HEAD]
        rows = StaleRows(rows=expected(desk, teapots), before=stale, times=2)
        desk.send(rename("Urn"))
        CatchUp(store, rows, teapots).reach(STREAM, 4)

        assert rows.rows == expected(desk, teapots)

    def test_a_row_that_exists_although_none_was_read_is_read_again(
        self, desk: Desk, store: CountingStore
    ) -> None:
        rows = StaleRows(rows=expected(desk, teapots), times=2)
        desk.send(rename("Urn"))
        CatchUp(store, rows, teapots).reach(STREAM, 4)

        assert rows.rows == expected(desk, teapots)

    def test_a_row_contended_every_time_may_be_tried_again_later(
        self, store: CountingStore
    ) -> None:
        rows = AlwaysOvertaken()
        with pytest.raises(RowContended) as refusal:
            CatchUp(store, rows, teapots).reach(STREAM, 3)

        assert isinstance(refusal.value, Unavailable)
        assert rows.calls["create"] == MAX_ATTEMPTS


class AlwaysOvertaken(MemoryReadModels):
    def create(self, key: RowKey, row: Row) -> None:
        self.calls["create"] += 1
        raise RowConflict(key)


@dataclass
class LateRows(MemoryReadModels):
    """Reads do not see this row yet, so many times."""

    late: RowKey | None = None
    times: int = 0

    def get(self, key: RowKey) -> StoredRow | None:
        if key == self.late and self.times:
            self.times -= 1
            return None
        return super().get(key)


@pytest.mark.feature("R22", "R23")
class TestARowThatIsNotThereYet:
    """A fold that goes on from the checkpoint needs the row that an earlier event made."""

    @pytest.fixture
    def late(self, desk: Desk) -> LateRows:
        rows = LateRows(rows=expected(desk, parts), late=SPOUT)
        desk.send(change_part("spout", name="beak"))
        return rows

    def test_is_read_again(self, desk: Desk, store: CountingStore, late: LateRows) -> None:
        late.times = MAX_ATTEMPTS - 1
        CatchUp(store, late, parts).reach(STREAM, 4)

        assert late.rows == expected(desk, parts)

    def test_and_was_read_early_once_does_not_take_the_whole_stream(
        self, store: CountingStore, late: LateRows
    ) -> None:
        late.times = 1
        CatchUp(store, late, parts).reach(STREAM, 4)

        assert store.commits_read == 4  # the two after the checkpoint, twice

    def test_is_not_made_up_however_often_it_is_missed(
        self, store: CountingStore, late: LateRows
    ) -> None:
        before = dict(late.rows)
        late.times = 2 * MAX_ATTEMPTS

        with pytest.raises(RowContended):
            CatchUp(store, late, parts).reach(STREAM, 4)
        assert late.rows == before

    def test_and_is_gone_is_made_anew_after_the_second_miss(
        self, desk: Desk, store: CountingStore, late: LateRows
    ) -> None:
        del late.rows[SPOUT]
        late.calls.clear()

        assert CatchUp(store, late, parts).reach(STREAM, 4) == 2
        assert late.rows == expected(desk, parts)
        assert (late.calls["create"], late.calls["update"]) == (1, 1)
        assert store.reads == ["forward"] * 3

    def test_and_is_gone_does_not_stop_its_siblings(
        self, desk: Desk, store: CountingStore, late: LateRows
    ) -> None:
        desk.send(add("lid"))
        desk.send(change_part("lid", name="cover"))
        del late.rows[SPOUT]
        CatchUp(store, late, parts).reach(STREAM, 6)

        assert late.rows == expected(desk, parts)

    def test_is_made_by_a_rebuild(self, desk: Desk, store: CountingStore, late: LateRows) -> None:
        del late.rows[SPOUT]
        CatchUp(store, late, parts).rebuild(STREAM)

        assert late.rows == expected(desk, parts)


@pytest.mark.feature("R16", "R20", "R21")
class TestManyRowsOfOneStream:
    def test_the_checkpoint_is_written_last(self, desk: Desk, store: CountingStore) -> None:
        desk.send(add("lid"))
        rows = RefusesToWrite("PartCheckpoint")
        with pytest.raises(Unavailable):
            CatchUp(store, rows, parts).reach(STREAM, 4)

        assert [key.model for key in rows.rows] == ["Part", "Part"]

    def test_the_checkpoint_is_written_last_whatever_its_name(self, store: CountingStore) -> None:
        rows = RefusesToWrite("Teapot")
        with pytest.raises(Unavailable):
            CatchUp(store, rows, mirrored).reach(STREAM, 3)

        assert [key.model for key in rows.rows] == ["TeapotMirror"]

    def test_what_a_crash_left_half_written_is_completed(
        self, desk: Desk, store: CountingStore, rows: MemoryReadModels
    ) -> None:
        halfway = expected(desk, parts)
        del halfway[CHECKPOINT]
        rows.rows = halfway
        CatchUp(store, rows, parts).reach(STREAM, 3)

        assert rows.rows == expected(desk, parts)
        assert rows.calls["create"] == 1

    def test_each_row_has_its_own_gate(
        self, desk: Desk, store: CountingStore, rows: MemoryReadModels
    ) -> None:
        catch_up = CatchUp(store, rows, parts)
        catch_up.reach(STREAM, 3)
        rows.calls.clear()
        desk.send(add("lid"))
        catch_up.reach(STREAM, 4)

        assert (rows.calls["create"], rows.calls["update"]) == (1, 1)


def touch_mirror(head: Row | None, recorded: Recorded[Any]) -> tuple[RowKey, ...]:
    return RowKey("TeapotMirror", HEAD.id), HEAD


mirrored = replace(teapots, models=("TeapotMirror", "Teapot"), touches=touch_mirror)


@dataclass
class RefusesToWrite(MemoryReadModels):
    """Rows of one model cannot be written."""

    def __init__(self, model: str) -> None:
        super().__init__()
        self.model = model

    def create(self, key: RowKey, row: Row) -> None:
        if key.model == self.model:
            raise Unavailable("throttled")
        super().create(key, row)


@dataclass
class Rivalled(MemoryReadModels):
    """Rows of which another writer was first, so many times."""

    conflicts: int = 0

    def create(self, key: RowKey, row: Row) -> None:
        self._meet_rival(key)
        super().create(key, row)

    def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
        self._meet_rival(key)
        super().update(key, row, replaces)

    def _meet_rival(self, key: RowKey) -> None:
        if self.conflicts:
            self.conflicts -= 1
            raise RowConflict(key)


@pytest.mark.feature("T1", "T11")
class TestRebuild:
    def test_writes_only_what_differs(
        self, desk: Desk, store: CountingStore, rows: MemoryReadModels
    ) -> None:
        catch_up = CatchUp(store, rows, teapots)
        catch_up.reach(STREAM, 3)
        right = dict(rows.rows)
        store.reads.clear()
        assert catch_up.rebuild(STREAM) == 0
        assert store.reads == ["forward"]
        rows.rows[HEAD] = replace(shown(rows), name="tampered")

        assert catch_up.rebuild(STREAM) == 1
        assert rows.rows == right

    @pytest.mark.parametrize("conflicts", [1, MAX_ATTEMPTS - 1])
    def test_is_done_although_others_wrote_at_the_same_time(
        self, desk: Desk, store: CountingStore, conflicts: int
    ) -> None:
        rows = Rivalled()
        CatchUp(store, rows, teapots).reach(STREAM, 3)
        right = dict(rows.rows)
        rows.rows[HEAD] = replace(shown(rows), name="tampered")
        rows.conflicts = conflicts

        assert CatchUp(store, rows, teapots).rebuild(STREAM) == 1
        assert rows.rows == right

    def test_that_others_always_forestall_does_not_end_as_if_it_were_done(
        self, desk: Desk, store: CountingStore
    ) -> None:
        rows = Rivalled(conflicts=MAX_ATTEMPTS)
        with pytest.raises(RowContended):
            CatchUp(store, rows, teapots).rebuild(STREAM)

        assert rows.rows == {}

    def test_makes_rows_that_are_missing(
        self, desk: Desk, store: CountingStore, rows: MemoryReadModels
    ) -> None:
        assert CatchUp(store, rows, parts).rebuild(STREAM) == 2
        assert rows.rows == expected(desk, parts)


@pytest.mark.parametrize("version", [teapots.version - 1, teapots.version + 1])
@pytest.mark.feature("V7")
def test_a_row_of_an_older_or_newer_projection_is_folded_from_the_start(
    desk: Desk, store: CountingStore, rows: MemoryReadModels, version: int
) -> None:
    row = cast(TeapotRow, expected(desk, teapots)[HEAD])
    rows.rows[HEAD] = replace(row, projection_version=version, name="as it used to be folded")
    CatchUp(store, rows, teapots).reach(STREAM, 1)

    assert rows.rows == expected(desk, teapots)


@pytest.mark.feature("V7")
def test_one_row_of_an_older_projection_takes_the_whole_stream_again(
    desk: Desk, store: CountingStore, rows: MemoryReadModels
) -> None:
    """The checkpoint is of today's version, a part that a later event touches is not."""
    desk.send(add("lid"))
    rows.rows = expected(desk, touching_twice)
    spout = next(key for key in rows.rows if key.model == "Part")
    older = cast(TeapotRow, rows.rows[spout])
    rows.rows[spout] = replace(older, projection_version=0, name="as it used to be folded")
    desk.send(rename("Urn"))
    CatchUp(store, rows, touching_twice).reach(STREAM, 5)

    assert rows.rows == expected(desk, touching_twice)


def touch_every_part(head: Row | None, recorded: object) -> tuple[RowKey, ...]:
    """As a later projection might: a rename is shown on every part."""
    touches: Callable[[Row | None, object], tuple[RowKey, ...]] = parts.touches  # type: ignore[assignment] # one event type
    known = () if head is None else head.part_ids  # type: ignore[attr-defined] # a checkpoint
    own = touches(head, recorded)
    return own or tuple(RowKey("Part", one) for one in known) + ((CHECKPOINT,) if known else ())


def project_touched(key: RowKey, row: Row, recorded: Recorded[Any]) -> object:
    return parts.project(key, row, recorded) if parts.touches(None, recorded) else row


touching_twice = replace(parts, touches=touch_every_part, project=project_touched)


@dataclass
class OvertakenAfterRead(CountingStore):
    """After the first forward read, `rival` gets its turn."""

    rival: Callable[[], object] | None = None

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        found = list(super().read(aggregate, from_sequence))
        if self.rival is not None:
            rival, self.rival = self.rival, None
            rival()
        return iter(found)


class ForwardOnly(MemoryReadModels):
    """Rows that are never to go back."""

    def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
        assert row.version >= self.rows[key].version
        super().update(key, row, replaces)


@pytest.mark.feature("T11", "W6")
def test_a_rebuild_takes_no_row_back_that_was_projected_meanwhile(desk: Desk) -> None:
    rows = ForwardOnly()
    live = CatchUp(desk.store, rows, touching_twice)
    live.reach(STREAM, 3)

    def rival() -> None:
        desk.send(rename("Urn"))
        live.reach(STREAM, 4)

    store = OvertakenAfterRead(desk.inner, rival=rival)
    CatchUp(store, rows, touching_twice).rebuild(STREAM)

    assert rows.rows == expected(desk, touching_twice)
    # Three, the one that the parts had seen, and all again: the checkpoint had changed by then.
    assert store.commits_read == 3 + 1 + 4


@pytest.mark.feature("R22", "R23")
class TestAWarmProcess:
    """It goes on from the rows that it wrote last, under the same compare-and-set."""

    @pytest.fixture
    def warm(self, store: CountingStore, rows: MemoryReadModels) -> CatchUp:
        return CatchUp(store, rows, teapots, WarmRows(10**6))

    @pytest.mark.parametrize("begins", [True, False])
    def test_reads_no_row_twice(
        self,
        desk: Desk,
        store: CountingStore,
        warm: CatchUp,
        rows: MemoryReadModels,
        begins: bool,
    ) -> None:
        warm.reach(STREAM, 3, begins=begins)
        rows.calls.clear()
        for name in ("Urn", "Kettle"):
            desk.send(rename(name))
            warm.reach(STREAM, 4, begins=begins)
        store.commits_read = 0
        warm.reach(STREAM, 5)

        assert rows.rows == expected(desk, teapots)
        assert rows.calls == {"update": 2}
        assert (warm.reach(STREAM, 5), store.commits_read) == (0, 1)

    def test_reads_nothing_for_a_hint_that_it_has_outrun(
        self, store: CountingStore, warm: CatchUp, rows: MemoryReadModels
    ) -> None:
        """The first hint came from a replica that was ahead: there was nothing to fold."""
        CatchUp(store, rows, teapots).reach(STREAM, 3)
        warm.reach(STREAM, 4)
        rows.calls.clear()
        store.reads.clear()

        assert warm.reach(STREAM, 3) == 0
        assert (rows.calls, store.reads) == ({}, [])

    def test_creates_the_rows_of_a_new_stream_before_it_looks_for_them(
        self, desk: Desk, store: CountingStore, rows: MemoryReadModels
    ) -> None:
        CatchUp(store, rows, parts).reach(STREAM, 3, begins=True)

        assert rows.rows == expected(desk, parts)
        assert rows.calls == {"create": 2}

    def test_reads_rows_that_were_there_although_the_stream_begins(
        self, desk: Desk, store: CountingStore, warm: CatchUp, rows: MemoryReadModels
    ) -> None:
        CatchUp(store, rows, teapots).reach(STREAM, 3)
        desk.send(rename("Urn"))

        assert warm.reach(STREAM, 4, begins=True) == 1
        assert rows.rows == expected(desk, teapots)

    def test_reads_rows_that_another_process_has_written(
        self, desk: Desk, store: CountingStore, warm: CatchUp, rows: MemoryReadModels
    ) -> None:
        warm.reach(STREAM, 3)
        desk.send(rename("Urn"))
        CatchUp(store, rows, teapots).reach(STREAM, 4)
        desk.send(rename("Kettle"))
        warm.reach(STREAM, 5)
        desk.send(rename("Pot"))
        rows.calls.clear()
        warm.reach(STREAM, 6)

        assert rows.rows == expected(desk, teapots)
        assert rows.calls == {"update": 1}

    @pytest.mark.parametrize("projection", [teapots, parts])
    def test_makes_anew_what_is_gone(
        self, desk: Desk, store: CountingStore, rows: MemoryReadModels, projection: Projection
    ) -> None:
        warm = CatchUp(store, rows, projection, WarmRows(10**6))
        warm.reach(STREAM, 3)
        rows.rows.clear()
        desk.send(change_part("spout", name="beak"))
        warm.reach(STREAM, 4)

        assert rows.rows == expected(desk, projection)

    def test_remembers_nothing_of_what_may_not_have_been_written(
        self, desk: Desk, store: CountingStore
    ) -> None:
        rows = AnswersLost()
        warm = CatchUp(store, rows, teapots, WarmRows(10**6))
        warm.reach(STREAM, 3)
        desk.send(rename("Urn"))
        with pytest.raises(Unavailable):
            warm.reach(STREAM, 4)
        rows.calls.clear()

        assert warm.reach(STREAM, 4) == 0
        assert rows.calls == {"get": 1}
        assert rows.rows == expected(desk, teapots)

    @pytest.mark.parametrize("hints", [(1, 2, 3), (3,), (2, 1, 3, 3)])
    def test_needs_one_query_of_the_store_for_a_commit(
        self, desk: Desk, store: CountingStore, warm: CatchUp, hints: tuple[int, ...]
    ) -> None:
        for hint in hints:
            warm.reach(STREAM, hint, begins=hint == 1)

        assert store.reads == ["forward"]


class TeapotGiven(HandedOver):
    type: Literal["TeapotGiven"] = "TeapotGiven"


giving = replace(teapot, events=event_types(TeapotEvent | TeapotGiven))
HEIR = "heir-sub::heir"


@pytest.mark.feature("R22", "W3", "L10")
class TestAHandOver:
    """Every row of the stream changes its owner, those that the fold did not have to read too."""

    given_parts = replace(parts, aggregate=giving)

    def give(self, desk: Desk) -> None:
        desk.send(change_part("lid", name="cover"))
        last = desk.commits()[-1]
        given = encode_events([TeapotGiven(owner=HEIR)])
        desk.inner.append(
            replace(
                last, first_sequence=last.last_sequence + 1, events=given, command_id=desk.key()
            ),
            state_due=False,
        )

    def assert_all_given(self, desk: Desk, rows: MemoryReadModels) -> None:
        assert rows.rows == expected(desk, self.given_parts)
        owners = {getattr(row, "owner", HEIR) for row in rows.rows.values()}
        assert (len(rows.rows), owners) == (3, {HEIR})

    @pytest.mark.parametrize("memory", [None, 10**6], ids=["cold", "warm"])
    def test_reaches_rows_that_nothing_else_has_touched_since(
        self, desk: Desk, store: CountingStore, rows: MemoryReadModels, memory: int | None
    ) -> None:
        CatchUp(store, rows, self.given_parts).reach(STREAM, 3)
        warm_rows = None if memory is None else WarmRows(memory)
        later = CatchUp(store, rows, self.given_parts, warm_rows)
        desk.send(add("lid"))
        later.reach(STREAM, 4)  # the lid: the spout is read by nobody
        self.give(desk)
        later.reach(STREAM, 6)

        self.assert_all_given(desk, rows)

    def test_is_read_once_by_a_fold_from_the_start(
        self, desk: Desk, store: CountingStore, rows: MemoryReadModels
    ) -> None:
        desk.send(add("lid"))
        self.give(desk)
        CatchUp(store, rows, self.given_parts).reach(STREAM, 6, begins=True)

        self.assert_all_given(desk, rows)
        assert (store.reads, rows.calls) == (["forward"], {"create": 3})


class AnswersLost(MemoryReadModels):
    """The answer to an update is lost; the row has been written."""

    def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
        super().update(key, row, replaces)
        raise Unavailable("timed out")


def test_memory_is_bounded_by_bytes() -> None:
    one = Reached(1, {HEAD: cast(Row, "x" * 1000)})
    memory = WarmRows(3 * one.bytes)
    streams = [AggregateId(f"TEAPOT#{n}") for n in range(5)]
    for stream in (*streams, streams[2]):
        memory.keep(stream, one)
    memory.forget(streams[3])

    assert [memory.recall(stream) for stream in streams] == [None, None, one, None, one]
    memory.keep(streams[0], replace(one, rows={HEAD: cast(Row, "x" * 9000)}))
    assert [memory.recall(stream) for stream in streams] == [None] * 5


def test_memory_holds_as_many_bytes_as_it_may() -> None:
    one = Reached(1, {HEAD: cast(Row, "x" * 1000)})
    memory = WarmRows(2 * one.bytes)
    streams = [AggregateId(f"TEAPOT#{n}") for n in range(3)]
    for stream in streams[:2]:
        memory.keep(stream, one)
    assert [memory.recall(stream) for stream in streams] == [one, one, None]

    for _ in range(one.bytes):
        memory.forget(streams[2])  # which it does not hold
    memory.keep(streams[2], one)
    assert [memory.recall(stream) for stream in streams] == [None, one, one]
