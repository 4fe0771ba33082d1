"""The rules of a project's origin: its template and its repository."""

from domain.project import commands, events
from kernel.digest import digest


def choose(template: str, command: commands.ChooseTemplate) -> list[events.TemplateChosen]:
    chosen = events.TemplateChosen(**command.model_dump(exclude={"type", "reference"}))
    return [] if choice(chosen) == template else [chosen]


def choice(chosen: events.TemplateChosen) -> str:
    return f"{chosen.template_id}@{chosen.revision}"


def link(repository: str, command: commands.LinkRepository) -> list[events.RepositoryLinked]:
    linked = events.RepositoryLinked(**command.model_dump(exclude={"type"}))
    return [] if digest_of(linked) == repository else [linked]


def digest_of(linked: events.RepositoryLinked) -> str:
    return digest(linked.model_dump(mode="json"))
