"""Archives of a project go when nothing of it is kept: it is deleted, or its owner forgotten."""

import uuid
from typing import Any

import pytest

from adapters.memory.archives import MemoryArchives
from application.ports import Unavailable
from application.privacy.forgetting import OPERATOR
from application.writing.execute import Executor
from application.writing.requests import CommandMetadata, Request
from domain.project.aggregate import project
from kernel.messages import AggregateId, aggregate_id
from kernel.personal import ForgetSubject
from tests.domain.support.creating import Creating
from tests.support.api import ADA, ADMIN, EVE, Person
from tests.support.template import written

pytestmark = pytest.mark.feature("L10", "I8", "S2")
EVES = f"{EVE.sub}::{EVE.username}"


@pytest.fixture
def creating() -> Creating:
    return Creating()


def completed(creating: Creating, **data: object) -> str:
    """Return a project of Ada's that has an archive."""
    id = creating.created(**data)
    ended(creating)
    assert creating.state(id).provisioning.status == "COMPLETED"
    return id


def ended(creating: Creating) -> None:
    creating.deliver()
    creating.run()


def send(creating: Creating, who: Person, method: str, path: str, body: Any = None) -> None:  # noqa: ANN401 - JSON
    answer = creating.world.api.as_(who).call(method, path, body, {})
    assert answer.status == 202, answer.text


def forget(creating: Creating, id: str, who: Person = ADA) -> None:
    executor = Executor(creating.store, project, creating.clock, {}, lambda _: None)
    metadata = CommandMetadata(str(uuid.uuid4()), OPERATOR, "forgotten")
    command: Any = ForgetSubject(subject=who.sub)
    executor.execute(Request(aggregate_id("PROJECT", id), command, metadata))


def hand_over(creating: Creating, id: str) -> None:
    send(creating, ADMIN, "POST", f"/projects/{id}/hand-over", {"owner": EVES})


def last(creating: Creating, id: str) -> tuple[AggregateId, int]:
    return aggregate_id("PROJECT", id), creating.trail(id)[-1].last_sequence


class TestTheArchive:
    def test_of_a_deleted_project_goes(self, creating: Creating) -> None:
        id, other = completed(creating), completed(creating)
        send(creating, ADA, "DELETE", f"/projects/{id}")
        creating.deliver()

        assert [*creating.archives.kept] == [creating.linked(other)]
        assert not any(creating.orphans().values())

    def test_of_an_archived_project_stays(self, creating: Creating) -> None:
        """It can be restored, and has its archive then."""
        id = completed(creating)
        send(creating, ADA, "POST", f"/projects/{id}/archive")
        creating.deliver()

        assert [*creating.archives.kept] == [creating.linked(id)]

    @pytest.mark.parametrize("before", ["", "archive"])
    def test_of_an_owner_who_is_forgotten_goes(self, creating: Creating, before: str) -> None:
        id = completed(creating)
        if before:
            send(creating, ADA, "POST", f"/projects/{id}/{before}")
        forget(creating, id)
        creating.deliver()

        assert creating.made() == {}

    def test_of_others_stays_when_somebody_who_worked_on_it_is_forgotten(
        self, creating: Creating
    ) -> None:
        id = completed(creating)
        forget(creating, id, ADMIN)
        creating.deliver()

        assert [*creating.archives.kept] == [creating.linked(id)]

    def test_goes_with_the_project_to_a_new_owner_and_stays(self, creating: Creating) -> None:
        id = completed(creating)
        hand_over(creating, id)
        forget(creating, id, ADA)
        creating.deliver()

        assert [*creating.archives.kept] == [creating.linked(id)]

    def test_of_a_run_that_goes_on_meanwhile_is_the_runs_to_remove(
        self, creating: Creating
    ) -> None:
        id = creating.created()
        creating.deliver()
        forget(creating, id)
        ended(creating)

        assert creating.state(id).provisioning.status == "FAILED"
        assert creating.made() == {}


class TestAnEnd:
    def test_that_is_delivered_again_has_no_further_effect(self, creating: Creating) -> None:
        """Nor on what the next owner has made since."""
        creating.archives.reason = "There is no room."
        id = creating.created()
        ended(creating)
        forget(creating, id)
        told = last(creating, id)
        creating.deliver(times=2)
        creating.archives.reason = None
        hand_over(creating, id)
        send(creating, EVE, "POST", f"/projects/{id}/provisioning", {})
        ended(creating)
        assert creating.state(id).provisioning.attempt == 2
        creating.hear(*told)

        assert [*creating.archives.kept] == [creating.linked(id)]

    def test_is_tried_again_when_archives_cannot_be_reached(
        self, creating: Creating, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        id = completed(creating)
        send(creating, ADA, "DELETE", f"/projects/{id}")

        def down(*_: object) -> None:
            raise Unavailable("S3 is down")

        with monkeypatch.context() as patched:
            patched.setattr(MemoryArchives, "remove_all", down)
            with pytest.raises(Unavailable):
                creating.hear(*last(creating, id))
        assert creating.failures.reported == []
        creating.hear(*last(creating, id))
        assert creating.made() == {}

    def test_that_cannot_be_worked_on_is_reported_and_delivered_again(
        self, creating: Creating, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        id = completed(creating)
        send(creating, ADA, "DELETE", f"/projects/{id}")

        def broken(*_: object) -> None:
            raise RuntimeError("a defect")

        monkeypatch.setattr(MemoryArchives, "remove_all", broken)
        with pytest.raises(RuntimeError):
            creating.hear(*last(creating, id))
        (failure,) = creating.failures.reported
        assert failure.what == "EventNotHeard"
        found = (failure.key["aggregateId"], failure.key["eventSequence"])
        assert found == last(creating, id)

    @pytest.mark.parametrize("sequence", [1, 2, 99])
    def test_is_no_other_event(self, creating: Creating, sequence: int) -> None:
        id = completed(creating)
        creating.hear(aggregate_id("PROJECT", id), sequence)

        assert [*creating.archives.kept] == [creating.linked(id)]

    @pytest.mark.parametrize("aggregate", ["PROJECT#nobody", "TEMPLATE#nobody"])
    def test_of_nothing_is_none(self, creating: Creating, aggregate: str) -> None:
        creating.hear(AggregateId(aggregate), 1)

        assert creating.failures.reported == []

    @pytest.mark.parametrize("end", ["deleted", "forgotten"])
    def test_of_which_nobody_heard_is_found_in_the_feed(self, creating: Creating, end: str) -> None:
        id = completed(creating)
        if end == "deleted":
            send(creating, ADA, "DELETE", f"/projects/{id}")
        else:
            forget(creating, id)
        fed(creating)
        creating.sweep()

        assert creating.made() == {}

    def test_that_cannot_be_sent_again_is_found_by_the_next_sweep(self, creating: Creating) -> None:
        id = completed(creating)
        send(creating, ADA, "DELETE", f"/projects/{id}")
        fed(creating)
        creating.is_full = True
        with pytest.raises(Unavailable):
            creating.sweep()
        creating.is_full = False
        creating.sweep()

        assert creating.made() == {}


def fed(creating: Creating) -> None:
    """Write everything into the feed."""
    for aggregate, _ in [*creating.store.heads()]:
        creating.writer.write([*creating.store.read(aggregate)])


def test_the_rule_lets_ends_of_projects_through() -> None:
    pattern = written()["SagaRule"]["Properties"]["EventPattern"]

    assert "skafu.project" in pattern["source"]
    assert {"ProjectDeleted", "SubjectForgotten"} <= {*pattern["detail-type"]}
