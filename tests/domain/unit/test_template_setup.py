"""Services and settings of a template, and all that a published revision of it held."""

import pytest
from pydantic import JsonValue, ValidationError

from domain.pinned import PinnedTemplate, pinned
from domain.project.values import Runtime
from domain.template.aggregate import TemplateNotPublished, template
from domain.template.bodies import DraftTemplateBody
from domain.template.commands import TemplateService, TemplateSettings
from domain.template.events import (
    Parameter,
    Service,
    Settings,
    TemplateEvent,
    TemplateServicesReplaced,
    TemplateSettingsReplaced,
)
from domain.template.setup import MAX_BYTES, DuplicateService, SetupTooLong
from tests.domain.support.template_builders import (
    deprecated,
    draft,
    drafted,
    held,
    offered,
    parameter,
    parametrised,
    publish,
    published,
    renamed,
    replaced,
    revise,
    stored,
)
from tests.support.spec import given

pytestmark = pytest.mark.feature("C8")
WANTED = TemplateSettings(runtime=Runtime.NODEJS_22, features=("a",), environment={"A": "1"})
SETTINGS = Settings(runtime="nodejs22", features=("a",), environment={"A": "1"})


def served(*services: Service) -> TemplateServicesReplaced:
    return TemplateServicesReplaced(services=services)


def configured(settings: Settings = SETTINGS) -> TemplateSettingsReplaced:
    return TemplateSettingsReplaced(settings=settings)


class TestDeclaring:
    def test_is_recorded_with_the_draft(self) -> None:
        given(template).when(draft(services=(offered("pot", cups=2),), settings=WANTED)).then(
            drafted(services=(held("pot", cups=2),), settings=SETTINGS)
        )

    def test_again_replaces_all(self) -> None:
        before = drafted(services=(held("pot"),), settings=SETTINGS)
        given(template, before).when(
            revise(services=(offered("lid"),), settings=TemplateSettings())
        ).then(served(held("lid")), configured(Settings()))

    def test_the_same_again_records_nothing(self) -> None:
        before = drafted(services=(held("pot"),), settings=SETTINGS)
        given(template, before).when(
            revise(services=(offered("pot"),), settings=WANTED)
        ).then_nothing()

    def test_not_given_leaves_them(self) -> None:
        before = drafted(services=(held("pot"),), settings=SETTINGS)
        given(template, before).when(revise(name="Coffee")).then(renamed("Coffee"))

    def test_two_of_one_name_are_refused(self) -> None:
        twice = (offered("pot"), offered("Pot "))
        given(template).when(draft(services=twice)).then_refused(DuplicateService)
        given(template, drafted()).when(revise(services=twice)).then_refused(DuplicateService)

    def test_too_much_together_is_refused(self) -> None:
        half = "x" * (MAX_BYTES // 2 + 1)
        services, settings = (offered("pot", a=half),), settings_of(MAX_BYTES // 2 + 1)
        given(template).when(draft(services=services, settings=settings)).then_refused(SetupTooLong)
        given(template, drafted(services=(held("pot", a=half),))).when(
            revise(settings=settings)
        ).then_refused(SetupTooLong)

    @pytest.mark.parametrize(
        "settings",
        [
            {"runtime": "cobol"},
            {"features": ["Not A Feature"]},
            {"features": ["a"] * 51},
            {"environment": {"1": "a"}},
            {"environment": {"A": "\0"}},
            {"region": "eu-west-1"},
        ],
        ids=str,
    )
    def test_what_no_project_could_have_is_invalid(self, settings: JsonValue) -> None:
        body = {"slug": "tea", "name": "Tea", "settings": settings}
        with pytest.raises(ValidationError):
            DraftTemplateBody.model_validate(body)

    @pytest.mark.parametrize(
        "services",
        [
            [{"serviceName": "a"}],
            [{"serviceName": "a", "serviceType": "TEA"}],
            [{"serviceName": "a", "serviceType": "API", "serviceId": "b"}],
            [{"serviceName": f"s{n}", "serviceType": "API"} for n in range(21)],
        ],
        ids=lambda value: str(value)[:60],
    )
    def test_what_is_no_service_is_invalid(self, services: JsonValue) -> None:
        body = {"slug": "tea", "name": "Tea", "services": services}
        with pytest.raises(ValidationError):
            DraftTemplateBody.model_validate(body)


def settings_of(size: int) -> TemplateSettings:
    """Return settings of about so many bytes."""
    count = size // 1000 + 1
    return TemplateSettings(environment={f"V{n}": "v" * 1000 for n in range(count)})


class TestPublishing:
    """A draft that equals what is published is not published again, however it came about."""

    @pytest.mark.parametrize(
        ("there", "back"),
        [
            (renamed("Coffee"), renamed("Tea service")),
            (replaced({"a": "1"}), replaced({"README.md": "# Tea"})),
            (parametrised(parameter("leaf")), parametrised()),
            (served(held("pot")), served()),
            (configured(), configured(Settings())),
        ],
        ids=lambda event: event.type,
    )
    def test_after_a_change_and_back_records_nothing(
        self, there: TemplateEvent, back: TemplateEvent
    ) -> None:
        given(template, drafted(), published(), there, back).when(publish()).then_nothing()

    @pytest.mark.parametrize(
        "change",
        [served(held("pot")), configured(), parametrised(parameter("leaf"))],
        ids=lambda event: event.type,
    )
    def test_after_a_change_is_recorded(self, change: TemplateEvent) -> None:
        given(template, drafted(), published(), change).when(publish()).then(published(2))

    def test_of_one_thing_moved_to_another_place_is_recorded(self) -> None:
        swapped = (held("lid"), held("pot"))
        before = drafted(services=(held("pot"), held("lid")))
        given(template, before, published(), served(*swapped)).when(publish()).then(published(2))


LEAF = parameter("leaf")
HISTORY: tuple[TemplateEvent, ...] = (
    drafted(files={"a": "1"}, parameters=(LEAF,), services=(held("pot"),), settings=SETTINGS),
    published(1),
    replaced({"b": "2"}),
    published(2),
    parametrised(),
    served(held("lid")),
    configured(Settings()),
    renamed("Coffee"),
    published(3),
    replaced({"c": "3"}),
    deprecated(),
)


def held_by(
    files: dict[str, str],
    parameters: tuple[Parameter, ...] = (LEAF,),
    service: str = "pot",
    settings: Settings = SETTINGS,
) -> PinnedTemplate:
    return PinnedTemplate(stored(files), parameters, (held(service),), settings)


@pytest.mark.feature("S1")
class TestAPinnedRevision:
    @pytest.mark.parametrize(
        ("revision", "expected"),
        [
            (1, held_by({"a": "1"})),
            (2, held_by({"b": "2"})),
            (3, held_by({"b": "2"}, (), "lid", Settings())),
        ],
    )
    def test_is_what_was_published_then(self, revision: int, expected: PinnedTemplate) -> None:
        assert pinned(HISTORY, revision) == expected

    @pytest.mark.parametrize("revision", [0, 4])
    def test_that_was_never_published_is_not_found(self, revision: int) -> None:
        with pytest.raises(TemplateNotPublished):
            pinned(HISTORY, revision)


def test_a_service_carries_its_configuration_as_it_was_given() -> None:
    service = TemplateService.model_validate(
        {"serviceName": " pot ", "serviceType": "WORKER", "configuration": {"a": [1, None]}}
    )

    assert (service.service_name, service.configuration) == ("pot", {"a": [1, None]})
