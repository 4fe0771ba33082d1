"""The rules of a template, one sentence each."""

import pytest
from pydantic import ValidationError

from domain.template.aggregate import (
    DuplicatePath,
    NothingToPublish,
    SlugTaken,
    TemplateAlreadyExists,
    TemplateIsDeprecated,
    TemplateNotPublished,
    template,
)
from domain.template.commands import ReviseTemplate, TemplateCommand, TemplateFile
from domain.template.events import File, TemplateDescriptionChanged, TemplateDrafted, TemplateEvent
from kernel.errors import AggregateNotFound
from kernel.personal import ForgetSubject, SubjectForgotten
from tests.domain.support.template_builders import (
    SLUG,
    deprecate,
    deprecated,
    draft,
    drafted,
    publish,
    published,
    renamed,
    replaced,
    revise,
)
from tests.support.spec import ACTOR, given

pytestmark = pytest.mark.feature("C13", "L3", "L4")
FORGET = ForgetSubject(subject="ada-sub")
FILES = {"README.md": "# Coffee", "src/brew.py": "..."}
TWICE = (TemplateFile(path="a", content="1"), TemplateFile(path="a", content="2"))


class TestDrafting:
    def test_a_template_is_recorded_with_its_author_and_files(self) -> None:
        given(template).when(draft("Coffee", description="Hot", files=FILES)).then(
            TemplateDrafted(
                owner=ACTOR,
                slug=SLUG,
                name="Coffee",
                description="Hot",
                files=(
                    File(path="README.md", content="# Coffee"),
                    File(path="src/brew.py", content="..."),
                ),
            )
        )

    def test_without_files_is_recorded(self) -> None:
        given(template).when(draft(files={})).then(drafted(files={}))

    def test_with_two_files_of_one_path_is_refused(self) -> None:
        given(template).when(draft().model_copy(update={"files": TWICE})).then_refused(
            DuplicatePath
        )

    def test_a_template_that_exists_is_refused(self) -> None:
        given(template, drafted()).when(draft()).then_refused(TemplateAlreadyExists)

    def test_a_template_that_was_deprecated_is_refused(self) -> None:
        given(template, drafted(), deprecated()).when(draft()).then_refused(TemplateAlreadyExists)


class TestAPath:
    @pytest.mark.parametrize("path", ["README.md", ".gitignore", "src/a-b/_c.py", ".ci/run"])
    def test_of_a_file_in_the_scaffold_is_taken(self, path: str) -> None:
        assert TemplateFile(path=path, content="").path == path

    @pytest.mark.parametrize(
        "path",
        [
            *("", ".", "..", "../up", "src/../../up", "src/./a", "/etc/passwd"),
            *("src//a", "src/", "a b", "C:\\a", "a\\b", "a\n", "a\0"),
        ],
    )
    def test_that_leads_elsewhere_is_invalid(self, path: str) -> None:
        with pytest.raises(ValidationError):
            TemplateFile(path=path, content="")


class TestRevising:
    def test_the_name_is_recorded(self) -> None:
        given(template, drafted("Tea")).when(revise(name="Coffee")).then(renamed("Coffee"))

    def test_the_description_is_recorded(self) -> None:
        given(template, drafted()).when(revise(description="Hot")).then(
            TemplateDescriptionChanged(description="Hot")
        )

    def test_a_description_given_as_null_clears_it(self) -> None:
        given(template, drafted(description="Hot")).when(revise(description=None)).then(
            TemplateDescriptionChanged(description=None)
        )

    def test_a_description_not_given_stays(self) -> None:
        given(template, drafted("Tea", "Hot")).when(revise(name="Coffee")).then(renamed("Coffee"))

    def test_the_files_are_recorded_as_a_whole(self) -> None:
        given(template, drafted()).when(revise(files=FILES)).then(replaced(FILES))

    def test_to_no_files_is_recorded(self) -> None:
        given(template, drafted()).when(revise(files={})).then(replaced({}))

    def test_everything_records_an_event_for_each(self) -> None:
        given(template, drafted()).when(revise(name="Coffee", description="Hot", files=FILES)).then(
            renamed("Coffee"), TemplateDescriptionChanged(description="Hot"), replaced(FILES)
        )

    def test_to_what_is_already_so_records_nothing(self) -> None:
        given(template, drafted("Tea", "Hot", FILES)).when(
            revise(name="Tea", description="Hot", files=FILES)
        ).then_nothing()

    @pytest.mark.parametrize(
        ("revised", "again"),
        [
            (renamed("Coffee"), revise(name="Coffee")),
            (TemplateDescriptionChanged(description="Hot"), revise(description="Hot")),
            (replaced(FILES), revise(files=FILES)),
        ],
        ids=lambda message: message.type,
    )
    def test_to_what_it_was_revised_to_records_nothing(
        self, revised: TemplateEvent, again: TemplateCommand
    ) -> None:
        given(template, drafted(), revised).when(again).then_nothing()

    def test_nothing_records_nothing(self) -> None:
        given(template, drafted()).when(revise()).then_nothing()

    def test_with_two_files_of_one_path_is_refused(self) -> None:
        given(template, drafted()).when(ReviseTemplate(files=TWICE)).then_refused(DuplicatePath)

    def test_what_was_published_is_recorded(self) -> None:
        given(template, drafted(), published()).when(revise(files=FILES)).then(replaced(FILES))


class TestPublishing:
    def test_a_draft_is_recorded_as_revision_one(self) -> None:
        given(template, drafted("Tea")).when(publish()).then(published(1, "Tea"))

    def test_a_draft_without_files_is_refused(self) -> None:
        given(template, drafted(files={})).when(publish()).then_refused(NothingToPublish)

    def test_without_a_revision_since_records_nothing(self) -> None:
        given(template, drafted(), published()).when(publish()).then_nothing()

    @pytest.mark.parametrize(
        ("revised", "name"),
        [
            (renamed("Coffee"), "Coffee"),
            (TemplateDescriptionChanged(description="Hot"), "Tea service"),
            (replaced(FILES), "Tea service"),
        ],
        ids=lambda value: getattr(value, "type", value),
    )
    def test_each_revision_yields_the_next_one(self, revised: TemplateEvent, name: str) -> None:
        given(template, drafted(), published(), revised).when(publish()).then(published(2, name))

    def test_says_the_name_that_the_template_has_then(self) -> None:
        given(template, drafted("Tea"), published(1, "Tea"), renamed("Coffee")).when(
            publish()
        ).then(published(2, "Coffee"))

    def test_a_revision_that_took_all_files_away_is_refused(self) -> None:
        given(template, drafted(), published(), replaced({})).when(publish()).then_refused(
            NothingToPublish
        )


class TestDeprecating:
    def test_a_published_template_is_recorded_with_the_reason(self) -> None:
        given(template, drafted(), published()).when(deprecate("Stale.")).then(deprecated("Stale."))

    def test_a_draft_is_recorded(self) -> None:
        given(template, drafted()).when(deprecate()).then(deprecated())

    def test_twice_records_nothing_more(self) -> None:
        given(template, drafted(), deprecated()).when(deprecate("Again.")).then_nothing()

    @pytest.mark.parametrize("command", [revise(name="Coffee"), publish()], ids=lambda c: c.type)
    def test_ends_every_change(self, command: TemplateCommand) -> None:
        given(template, drafted(), published(), deprecated()).when(command).then_refused(
            TemplateIsDeprecated
        )


@pytest.mark.parametrize(
    "command", [revise(name="Coffee"), publish(), deprecate()], ids=lambda c: c.type
)
def test_a_template_that_was_never_drafted_takes_no_command(command: TemplateCommand) -> None:
    given(template).when(command).then_refused(AggregateNotFound)


@pytest.mark.feature("L10")
class TestForgettingAPerson:
    @pytest.mark.parametrize(
        "history", [[], [published()], [deprecated()]], ids=["draft", "published", "deprecated"]
    )
    def test_is_recorded_whatever_became_of_the_template(
        self, history: list[TemplateEvent]
    ) -> None:
        given(template, drafted(), *history).when(FORGET).then(SubjectForgotten(subject="ada-sub"))

    def test_twice_records_nothing_more(self) -> None:
        given(template, drafted(), SubjectForgotten(subject="ada-sub")).when(FORGET).then_nothing()

    def test_of_what_was_never_drafted_is_refused(self) -> None:
        given(template).when(FORGET).then_refused(AggregateNotFound)


class TestTheSlug:
    def test_of_a_draft_is_claimed(self) -> None:
        assert template.claim(draft()) == f"TEMPLATE-SLUG#{SLUG}"

    @pytest.mark.parametrize("command", [revise(), publish(), deprecate()], ids=lambda c: c.type)
    def test_is_claimed_once(self, command: TemplateCommand) -> None:
        assert template.claim(command) is None

    def test_of_another_template_is_refused_by_name(self) -> None:
        refusal = template.claimed(draft())

        assert type(refusal) is SlugTaken
        assert str(refusal) == "Another template has the slug 'tea-service'."


def test_a_refusal_says_which_path_came_twice() -> None:
    assert str(DuplicatePath(path="src/a.py")) == "Two files have the path 'src/a.py'."


def test_a_refusal_says_which_template_is_not_published() -> None:
    assert str(TemplateNotPublished(reference="tea")) == "There is no published template 'tea'."


def test_the_owner_is_the_author() -> None:
    assert template.owner_of(template.fold([drafted(), published()])) == ACTOR


def test_nobody_owns_what_was_not_drafted() -> None:
    assert template.owner_of(template.initial) is None


@pytest.mark.parametrize(
    ("command", "begins"),
    [(draft(), True), (revise(), False), (publish(), False), (deprecate(), False)],
    ids=lambda value: getattr(value, "type", str(value)),
)
def test_a_draft_begins_a_stream_and_nothing_else_does(
    command: TemplateCommand, begins: bool
) -> None:
    assert template.creates(command) is begins
