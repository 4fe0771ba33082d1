"""The read models Template, as it was last published, and TemplateDraft, as it is being written."""

from typing import Any, cast

import pytest

from domain.template.events import (
    Settings,
    TemplateDescriptionChanged,
    TemplateEvent,
    TemplateServicesReplaced,
    TemplateSettingsReplaced,
)
from kernel.projection import Row, RowKey, RowMissing, fold_rows
from projections.generated.rows import TemplateDraftRow, TemplateRow, TemplateStatus
from projections.templates import templates
from tests.domain.support.template_builders import (
    README,
    SLUG,
    deprecated,
    drafted,
    held,
    parameter,
    parametrised,
    published,
    renamed,
    replaced,
)
from tests.support.spec import ACTOR, ID, STREAM, at, given, recorded

pytestmark = pytest.mark.feature("L3", "C8")
LEAF = parameter("leaf", "CHOICE", choices=("assam", "mint"), default="mint")
SHOWN: dict[str, Any] = {
    "name": "leaf",
    "type": "CHOICE",
    "label": "Leaf",
    "description": None,
    "required": False,
    "default": "mint",
    "minLength": None,
    "maxLength": None,
    "minimum": None,
    "maximum": None,
    "choices": ["assam", "mint"],
}
SETTINGS = Settings(runtime="python3.13", features=("auth",), environment={"LOG": "debug"})
SHOWN_SETTINGS: dict[str, Any] = {
    "runtime": "python3.13",
    "features": ["auth"],
    "environment": {"LOG": "debug"},
}
HELD: dict[str, Any] = {
    "parameters": (LEAF,),
    "services": (held("pot", cups=2),),
    "settings": SETTINGS,
}
SHOWN_SERVICE: dict[str, Any] = {
    "serviceName": "pot",
    "serviceType": "API",
    "configuration": {"cups": 2},
}
FILES = {"README.md": "# Tea", "src/pot.py": "POT = 1\n"}
MORE = replaced(FILES)


def rows(*events: TemplateEvent) -> dict[RowKey, Row]:
    return fold_rows(templates, recorded(*events))


def draft(*events: TemplateEvent) -> TemplateDraftRow:
    return cast(TemplateDraftRow, rows(*events)[RowKey("TemplateDraft", ID)])


def shown(*events: TemplateEvent) -> TemplateRow | None:
    """Return what everybody sees."""
    return cast(TemplateRow | None, rows(*events).get(RowKey("Template", ID)))


def test_a_draft_is_a_row_that_nobody_else_sees() -> None:
    given(templates, *recorded(drafted("Tea service", "For tea", **HELD))).then_rows(
        TemplateDraftRow(
            id=ID,
            slug=SLUG,
            name="Tea service",
            description="For tea",
            revision=0,
            differs=True,
            status=TemplateStatus.DRAFT,
            files=[{"path": "README.md", "content": "# Tea"}],
            parameters=[SHOWN],
            services=[SHOWN_SERVICE],
            settings=SHOWN_SETTINGS,
            user_id="ada-sub",
            owner=ACTOR,
            created_at=at(1),
            updated_at=at(1),
            version=1,
            projection_version=templates.version,
        )
    )


def test_what_is_published_is_the_draft_as_it_was_then() -> None:
    events = (drafted("Tea service", "For tea", **HELD), MORE, published())

    given(templates, *recorded(*events)).then_row(
        TemplateRow(
            id=ID,
            slug=SLUG,
            name="Tea service",
            description="For tea",
            revision=1,
            status=TemplateStatus.PUBLISHED,
            paths=("README.md", "src/pot.py"),
            parameters=[SHOWN],
            services=[SHOWN_SERVICE],
            settings=SHOWN_SETTINGS,
            published_at=at(3),
            created_at=at(3),
            updated_at=at(3),
            version=3,
            projection_version=templates.version,
        )
    )


REVISIONS: tuple[TemplateEvent, ...] = (
    renamed("Tea"),
    TemplateDescriptionChanged(description="With milk"),
    MORE,
    parametrised(LEAF),
    TemplateServicesReplaced(services=(held("pot", cups=2),)),
    TemplateSettingsReplaced(settings=SETTINGS),
)


@pytest.mark.parametrize("revision", REVISIONS, ids=lambda event: event.type)
def test_a_revision_is_seen_once_it_is_published(revision: TemplateEvent) -> None:
    before = (drafted(), published())
    published_again = shown(*before, revision, published(2))

    assert shown(*before, revision) == shown(*before)
    assert draft(*before, revision).differs
    assert not draft(*before, revision, published(2)).differs
    assert published_again is not None
    assert (published_again.revision, published_again.published_at) == (2, at(4))
    assert published_again.created_at == at(2)


BACK: tuple[TemplateEvent, ...] = (
    renamed("Tea service"),
    TemplateDescriptionChanged(description=None),
    replaced(README),
    parametrised(),
    TemplateServicesReplaced(services=()),
    TemplateSettingsReplaced(settings=Settings()),
)


@pytest.mark.parametrize(
    ("there", "back"), [*zip(REVISIONS, BACK, strict=True)], ids=lambda event: event.type
)
def test_a_change_and_a_change_back_leave_nothing_to_publish(
    there: TemplateEvent, back: TemplateEvent
) -> None:
    before = (drafted(), published())

    assert not draft(*before, there, back).differs
    assert draft(drafted(), there, back).differs  # nothing was published yet


@pytest.mark.parametrize("length", range(2 * len(REVISIONS) + 1))
def test_there_is_something_to_publish_whenever_the_rules_would_publish(length: int) -> None:
    changes = (*REVISIONS, *BACK)[:length]
    events = (drafted(), published(), *changes)
    state = templates.aggregate.fold(events)

    assert draft(*events).differs is (state.content != state.published)


def test_the_draft_shows_every_revision() -> None:
    row = draft(drafted(), *REVISIONS)

    assert (row.name, row.description) == ("Tea", "With milk")
    assert row.files == [{"path": path, "content": text} for path, text in FILES.items()]
    assert row.parameters == [SHOWN]
    assert (row.services, row.settings) == ([SHOWN_SERVICE], SHOWN_SETTINGS)


def test_the_draft_shows_what_is_published() -> None:
    row = draft(drafted(files=README), published(), renamed("Tea"), published(2))

    assert (row.status, row.revision) == (TemplateStatus.PUBLISHED, 2)


def test_a_deprecated_template_says_why_on_both() -> None:
    events = (drafted(), published(), deprecated("Coffee won."))
    row = shown(*events)

    assert row is not None
    assert (row.status, row.reason, row.revision) == ("DEPRECATED", "Coffee won.", 1)
    assert (draft(*events).status, draft(*events).reason) == ("DEPRECATED", "Coffee won.")


def test_one_that_is_deprecated_before_it_was_published_is_never_seen() -> None:
    assert rows(drafted(), deprecated()).keys() == {templates.head(STREAM)}


@pytest.mark.feature("R23")
@pytest.mark.parametrize("event", [published(), deprecated(), MORE], ids=lambda event: event.type)
def test_what_happens_to_a_draft_that_is_not_there_yet_is_not_guessed(event: TemplateEvent) -> None:
    (change,) = recorded(event, first=2)

    for key in templates.touches(None, change):
        with pytest.raises(RowMissing, match=r"#.* 2: Template"):
            templates.project(key, None, change, None)


def test_a_template_that_is_not_there_yet_is_not_deprecated() -> None:
    """Its row was read too early; the draft was read in time."""
    (change,) = recorded(deprecated(), first=3)

    with pytest.raises(RowMissing, match="3: TemplateDeprecated"):
        templates.project(RowKey("Template", ID), None, change, draft(drafted(), published()))


def test_the_draft_is_written_last() -> None:
    (change,) = recorded(published(), first=2)

    assert [key.model for key in templates.touches(None, change)] == ["Template", "TemplateDraft"]
