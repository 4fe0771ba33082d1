"""What a project is created from: its template, what it had before, and what the steps yielded."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic import JsonValue

from domain.fitting import fitting
from domain.ports import Repositories, RepositoryNotCreated, WantedRepository
from domain.project import events
from domain.project.values import MAX_VARIABLES, Runtime
from domain.template import events as templates
from domain.template.aggregate import template
from kernel.messages import Event, Message, Recorded
from kernel.saga import Offered, Run, StepFailed

DEFAULT_RUNTIME = Runtime.PYTHON_3_13


def before(run: Run, *kinds: type[Event]) -> Any:  # noqa: ANN401 - one of the kinds
    """Return the newest event of these kinds from before the attempt."""
    return newest(run.earlier(), kinds)


def since(run: Run, *kinds: type[Event]) -> Any:  # noqa: ANN401 - one of the kinds
    """Return the newest event of these kinds from the attempt itself."""
    return newest(run.later(), kinds)


def newest(recorded: Iterable[Recorded[Any]], kinds: tuple[type[Event], ...]) -> Any:  # noqa: ANN401 - as above
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


@dataclass(frozen=True, slots=True)
class Scaffold:
    """A published revision of a template."""

    files: tuple[templates.File, ...] = ()
    parameters: tuple[templates.Parameter, ...] = ()


def pinned(recorded: Iterable[Recorded[Any]], revision: int) -> Scaffold:
    """Return a revision as it was published. Raises `StepFailed`."""
    draft = Scaffold()
    for one in recorded:
        match one.event:
            case templates.TemplateDrafted(files=files, parameters=parameters):
                draft = Scaffold(files, parameters)
            case templates.TemplateFilesReplaced(files=files):
                draft = replace(draft, files=files)
            case templates.TemplateParametersReplaced(parameters=parameters):
                draft = replace(draft, parameters=parameters)
            case templates.TemplatePublished(revision=published) if published == revision:
                return draft
    raise StepFailed("The template has no such revision.")


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
        wanted = WantedRepository(run.id, name_of(run), run.attempt, files)
        try:
            created = self.repositories.create(wanted)
        except RepositoryNotCreated as error:
            raise StepFailed(str(error)) from None
        named = {"default_branch": "defaultBranch"}
        found = {named.get(name, name): value for name, value in asdict(created).items()}
        return {name: value for name, value in found.items() if value is not None}

    def remove_repository(self, run: Run) -> None:
        self.repositories.discard(run.id, run.attempt)

    def configuration(self, run: Run) -> dict[str, JsonValue]:
        """Return configuration and services for one commit."""
        configuration = self.configured(run)
        origin = {**provenance(run), **configuration.environment}
        environment = dict([*configuration.environment.items(), *origin.items()][:MAX_VARIABLES])
        wanted = configuration.model_copy(update={"environment": environment})
        return {"configuration": data(wanted), "services": []}

    def scaffold(self, run: Run) -> Scaffold:
        """Return the template as the attempt has pinned it."""
        id, _, revision = run.state.template.rpartition("@")
        return pinned(self.offered.events(template, id), int(revision))

    def configured(self, run: Run) -> events.Configuration:
        """Return the owner's configuration, with what the template has beyond it."""
        own = configuration_before(run)
        if own is None:
            own = events.Configuration(runtime=DEFAULT_RUNTIME, region=self.offered.region)
        return own

    def _scaffold(self, run: Run) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the files of the template, and the values for them."""
        scaffold = self.scaffold(run)
        configuration = self.configured(run)
        values = {
            **fitting(scaffold.parameters, run.started.event.parameters),
            "name": name_of(run),
            "projectId": run.id,
            "services": [*services(run)],
            "region": configuration.region,
            "runtime": configuration.runtime,
            "features": list(configuration.features),
        }
        return {file.path: file.content for file in scaffold.files}, values


def services(run: Run) -> Iterator[dict[str, str]]:
    """Yield the services that the project will have, as files see them."""
    for service in run.state.services.values():
        yield {"name": service.name, "type": service.type}


def provenance(run: Run) -> dict[str, str]:
    """Tell what is deployed what it was made from: template, analysis and repository."""
    chosen, linked = since(run, events.TemplateChosen), since(run, events.RepositoryLinked)
    done = (one.event for one in run.later())
    analysed = (one for one in done if getattr(one, "analysis_id", None))
    found = {
        "SKAFU_TEMPLATE": chosen and f"{chosen.slug}@{chosen.revision}",
        "SKAFU_ANALYSIS": next((one.analysis_id for one in analysed), None),
        "SKAFU_REPOSITORY": linked and (linked.sha256 or linked.url),
    }
    return {name: value for name, value in found.items() if value}
