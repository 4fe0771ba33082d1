"""The rules of a project's template, its repository and its configuration."""

from domain.project import commands, events
from domain.project import provisioning_commands as provisions
from domain.project.events import Configuration
from domain.project.provisioning_commands import ChosenTemplate
from domain.project.values import ProjectConfiguration
from kernel.digest import digest

Linking = commands.LinkRepository | provisions.ProvisionRepository | provisions.RepositoryLink
LINK = frozenset(provisions.RepositoryLink.model_fields)


def choose(template: str, wanted: ChosenTemplate) -> list[events.TemplateChosen]:
    event = events.TemplateChosen(**wanted.model_dump())
    return [] if choice(event) == template else [event]


def chosen(command: commands.ChooseTemplate) -> ChosenTemplate:
    return ChosenTemplate(**command.model_dump(include=set(ChosenTemplate.model_fields)))


def release(template: str) -> list[events.TemplateReleased]:
    return [events.TemplateReleased()] if template else []


def choice(event: events.TemplateChosen | events.TemplateReleased) -> str:
    match event:
        case events.TemplateChosen(template_id=id, revision=revision):
            return f"{id}@{revision}"
        case events.TemplateReleased():
            return ""


def link(held: str, wanted: Linking) -> list[events.RepositoryLinked]:
    linked = events.RepositoryLinked(**wanted.model_dump(include=set(LINK)))
    return [] if repository(linked) == held else [linked]


def unlink(held: str) -> list[events.RepositoryUnlinked]:
    return [events.RepositoryUnlinked()] if held else []


def repository(event: events.RepositoryLinked | events.RepositoryUnlinked) -> str:
    match event:
        case events.RepositoryLinked():
            # The digest of a repository that is no archive is the one that earlier releases stored.
            return digest(event.model_dump(mode="json", exclude_none=True))
        case events.RepositoryUnlinked():
            return ""


def configure(
    held: str, wanted: ProjectConfiguration | None
) -> list[events.ProjectConfigured | events.ConfigurationRemoved]:
    event = (
        events.ProjectConfigured(configuration=recorded(wanted))
        if wanted
        else events.ConfigurationRemoved()
    )
    return [] if configuration_of(event) == held else [event]


def recorded(configuration: ProjectConfiguration) -> Configuration:
    return Configuration(**configuration.model_dump(mode="json"))


def configuration_of(
    event: events.ProjectCreated | events.ProjectConfigured | events.ConfigurationRemoved,
) -> str:
    """Return the digest of the configuration that is held from then on."""
    configuration = None if isinstance(event, events.ConfigurationRemoved) else event.configuration
    return digest(configuration and configuration.model_dump(mode="json"))
