"""What a project is created from: its template, what it had before, and what the steps yielded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import JsonValue

from domain.fitting import fitting
from domain.pinned import PinnedTemplate, pinned
from domain.ports import Repositories, WantedRepository
from domain.project import events
from domain.project.values import (
    MAX_FEATURES,
    MAX_VARIABLES,
    ProvisioningStep,
    Runtime,
    ServiceType,
)
from domain.runtimes import successor
from domain.scaffold import Facts, ScaffoldService, Values, values_of
from domain.template.aggregate import template as templates
from domain.template.events import Service
from kernel.messages import Event, Message, Recorded
from kernel.saga import Offered, Run
from kernel.texts import alike

DEFAULT_RUNTIME = Runtime.PYTHON_3_13


def before(run: Run, *kinds: type[Event]) -> Any:  # noqa: ANN401 - one of the kinds
    """Return the newest event of these kinds from before the attempt."""
    return newest(run.earlier(), kinds)


def since(run: Run, *kinds: type[Event]) -> Any:  # noqa: ANN401 - one of the kinds
    """Return the newest event of these kinds from the attempt itself."""
    return newest(run.later(), kinds)


def newest(recorded: Iterable[Recorded[Any]], kinds: tuple[type[Event], ...]) -> Any:  # noqa: ANN401 - one of the kinds
    return next((one.event for one in recorded if isinstance(one.event, kinds)), None)


def data(message: Message) -> dict[str, JsonValue]:
    """Return the fields as a command has them."""
    return message.model_dump(mode="json", by_alias=True, exclude={"type"}, exclude_none=True)


def configuration_before(run: Run) -> events.Configuration | None:
    """Return the owner's configuration: it cannot have changed since the attempt began."""
    kinds = (events.ProjectConfigured, events.ConfigurationRemoved, events.ProjectCreated)
    found: events.Configuration | None = getattr(before(run, *kinds), "configuration", None)
    return found


def name_of(run: Run) -> str:
    """Return the project's name when the attempt began: a step that is done again makes the same.

    The owner may rename the project meanwhile.
    """
    named: str = before(run, events.ProjectRenamed, events.ProjectCreated).name
    return named


@dataclass(frozen=True)
class Creation:
    """Works out what the steps of a creation put into their commands."""

    offered: Offered
    repositories: Repositories

    def repository(self, run: Run) -> dict[str, JsonValue]:
        """Render the files of the template, and create a repository of them.

        Raises `StepFailed`, `ParametersDoNotFit`, and what may pass.
        """
        files = self.offered.render(*self._scaffold(run))
        created = self.repositories.create(
            WantedRepository(run.id, name_of(run), run.attempt, files)
        )
        named = {"default_branch": "defaultBranch"}
        found = {named.get(name, name): value for name, value in asdict(created).items()}
        return {name: value for name, value in found.items() if value is not None}

    def remove_repository(self, run: Run) -> None:
        self.repositories.discard(run.id, run.attempt)

    def configuration(self, run: Run) -> dict[str, JsonValue]:
        """Return configuration and services for one commit."""
        template = self.pinned(run)
        found = self.configured(run, template)
        environment = joined(found.environment, provenance(run))
        wanted = found.model_copy(update={"environment": environment})
        return {
            "configuration": data(wanted),
            "services": [data(one) for one in added(run, template)],
        }

    def pinned(self, run: Run) -> PinnedTemplate:
        """Return the template as the attempt has pinned it."""
        id, _, revision = run.state.template.rpartition("@")
        recorded = self.offered.events(templates, id)
        return pinned((one.event for one in recorded), int(revision))

    def configured(self, run: Run, template: PinnedTemplate) -> events.Configuration:
        """Return the owner's configuration, with what the template has beyond it.

        A runtime that AWS has retired gives way to its successor.
        """
        own, settings = configuration_before(run), template.settings
        runtime = own.runtime if own else settings.runtime or DEFAULT_RUNTIME
        features = dict.fromkeys((*(own.features if own else ()), *settings.features))
        return events.Configuration(
            runtime=successor(runtime),
            region=own.region if own else self.offered.region,
            features=tuple(features)[:MAX_FEATURES],
            environment=joined(own.environment if own else {}, settings.environment),
        )

    def _scaffold(self, run: Run) -> tuple[dict[str, str], Values]:
        """Return the files of the template, and the values for them."""
        template = self.pinned(run)
        found = self.configured(run, template)
        own = configuration_before(run)
        facts = Facts(
            name=name_of(run),
            project_id=run.id,
            region=found.region,
            runtime=own.runtime if own else found.runtime,
            features=found.features,
            services=[*services(run, template)],
        )
        values = fitting(template.parameters, run.started.event.parameters)
        return {file.path: file.content for file in template.files}, values_of(facts, values)


def joined(own: Mapping[str, str], further: Mapping[str, str]) -> dict[str, str]:
    """Return all of one's own variables, and further ones as far as a project may have them."""
    others = [(name, value) for name, value in further.items() if name not in own]
    return {**own, **dict(others[: MAX_VARIABLES - len(own)])}


def added(run: Run, template: PinnedTemplate) -> list[Service]:
    """Return the template's services, but for those that the owner has by the same name."""
    own = {alike(service.name) for service in run.state.services.values()}
    return [service for service in template.services if alike(service.service_name) not in own]


def services(run: Run, template: PinnedTemplate) -> Iterator[ScaffoldService]:
    """Yield the services that the project will have, with the ids that they will have."""
    for id, own in run.state.services.items():
        yield ScaffoldService(id, own.name, own.type)
    for number, new in enumerate(added(run, template)):
        id = run.new_id(ProvisioningStep.CONFIGURATION, number)
        yield ScaffoldService(id, new.service_name, ServiceType(new.service_type))


def provenance(run: Run) -> dict[str, str]:
    """Tell what is deployed what it was made from: template, analysis and repository."""
    chosen, linked = since(run, events.TemplateChosen), since(run, events.RepositoryLinked)
    steps = (one.event for one in run.later())
    done = (one for one in steps if isinstance(one, events.ProvisioningStepCompleted))
    analysed = (one for one in done if one.analysis_id)
    found = {
        "SKAFU_TEMPLATE": chosen and f"{chosen.slug}@{chosen.revision}",
        "SKAFU_ANALYSIS": next((one.analysis_id for one in analysed), None),
        "SKAFU_REPOSITORY": linked and (linked.sha256 or linked.url),
    }
    return {name: value for name, value in found.items() if value}
