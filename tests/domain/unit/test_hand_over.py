"""A project that is handed over belongs to its new owner, and to nobody else."""

import pytest

from domain.project.aggregate import ProjectIsArchived, ProjectIsDeleted, project
from domain.project.events import (
    DeploymentStarted,
    ProjectArchived,
    ProjectDeleted,
    ProjectHandedOver,
    ProjectRenamed,
)
from kernel.errors import AggregateNotFound
from tests.domain.support.builders import (
    OTHER,
    add,
    added,
    created,
    deploy,
    deployment_id,
    hand_over,
    rename,
)
from tests.domain.support.lives import sealed
from tests.support.spec import ACTOR, given

pytestmark = pytest.mark.feature("C13", "L10")


def test_a_project_is_given_to_another_owner_with_their_name_and_address() -> None:
    name, email = sealed("n"), sealed("e")

    given(project, created()).when(hand_over(name=name, email=email)).then(
        ProjectHandedOver(owner=OTHER, owner_name=name, owner_email=email)
    )


def test_its_owner_is_given_nothing_new() -> None:
    given(project, created()).when(hand_over(ACTOR)).then_nothing()
    given(project, created(), ProjectHandedOver(owner=OTHER)).when(hand_over()).then_nothing()


def test_it_may_come_back() -> None:
    given(project, created(), ProjectHandedOver(owner=OTHER)).when(hand_over(ACTOR)).then(
        ProjectHandedOver(owner=ACTOR)
    )


def test_what_is_archived_deleted_or_nothing_is_not_handed_over() -> None:
    given(project, created(), ProjectArchived()).when(hand_over()).then_refused(ProjectIsArchived)
    given(project, created(), ProjectDeleted()).when(hand_over()).then_refused(ProjectIsDeleted)
    given(project).when(hand_over()).then_refused(AggregateNotFound)


def test_what_happens_later_is_the_new_owners() -> None:
    handed_over = given(project, created(), ProjectHandedOver(owner=OTHER))

    handed_over.when(add("lid")).then(added("lid").model_copy(update={"owner": OTHER}))
    handed_over.when(deploy()).then(
        DeploymentStarted(owner=OTHER, deployment_id=deployment_id(1), environment="prod")
    )


def test_what_was_decided_for_one_owner_is_not_merged_for_the_other() -> None:
    event = ProjectHandedOver(owner=OTHER)

    assert all(project.conflicts(one, event) for one in (hand_over(), rename("Urn"), add("lid")))


def test_a_hand_over_is_merged_with_everyday_changes() -> None:
    everyday = (added("lid"), ProjectRenamed(name="Urn"))

    assert not any(project.conflicts(hand_over(), one) for one in everyday)
    assert all(project.conflicts(hand_over(), one) for one in (ProjectDeleted(), created()))
