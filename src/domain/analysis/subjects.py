"""The subject of an analysis: a project as its events tell it, and what its template will add.

A project that is being provisioned has its template's services and settings only in the end; its
analysis comes before that. Afterwards the project is what its owner makes of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from domain.analysis.commands import AnalysisKind
from domain.analysis.events import AnalysisRequested
from domain.pinned import PinnedTemplate
from domain.ports import Subject, SubjectService, SubjectTemplate
from domain.project import events
from domain.project.events import ProjectEvent
from domain.project.values import ParameterValues, ServiceId
from domain.template.events import NO_SETTINGS, Settings
from kernel.texts import alike


@dataclass(frozen=True, slots=True)
class Told:
    """What the events so far have told."""

    name: str = ""
    description: str | None = None
    configuration: events.Configuration | None = None
    template: events.TemplateChosen | None = None
    services: dict[ServiceId, SubjectService] = field(default_factory=dict)
    parameters: ParameterValues = field(default_factory=dict)
    provisioned: bool = False
    """Has all that its template adds, but for what its owner has changed since."""


def told_by(project: Iterable[ProjectEvent]) -> Told:
    told = Told()
    for event in project:
        told = after(told, event)
    return told


def with_template(told: Told, template: PinnedTemplate) -> Told:
    """Add what the project does not have itself; what it has takes precedence."""
    taken = {alike(service.name) for service in told.services.values()}
    added = {
        ServiceId(f"{number} of the template"): SubjectService(
            service.service_name, service.service_type, service.configuration
        )
        for number, service in enumerate(template.services)
        if alike(service.service_name) not in taken
    }
    configuration = with_settings(told.configuration, template.settings)
    return replace(told, services={**told.services, **added}, configuration=configuration)


def with_settings(
    own: events.Configuration | None, settings: Settings
) -> events.Configuration | None:
    if settings == NO_SETTINGS:
        return own
    if own is None:
        return events.Configuration(
            runtime=settings.runtime or "",
            region="",
            features=settings.features,
            environment=settings.environment,
        )
    features = tuple(dict.fromkeys((*own.features, *settings.features)))
    environment = {**settings.environment, **own.environment}
    return own.model_copy(update={"features": features, "environment": environment})


def subject_of(asked: AnalysisRequested, told: Told) -> Subject:
    return Subject(
        kind=AnalysisKind(asked.kind),
        question=asked.question,
        name=told.name,
        description=told.description,
        configuration=told.configuration,
        services=tuple(told.services.values()),
        template=chosen(told.template) if told.template else None,
        parameters=told.parameters,
    )


def chosen(event: events.TemplateChosen) -> SubjectTemplate:
    return SubjectTemplate(event.slug, event.name, event.revision)


def after(told: Told, event: ProjectEvent) -> Told:
    match event:
        case events.ProjectCreated(name=name, description=text, configuration=configuration):
            return replace(told, name=name, description=text, configuration=configuration)
        case events.ProjectRenamed(name=name):
            return replace(told, name=name)
        case events.ProjectDescriptionChanged(description=description):
            return replace(told, description=description)
        case events.ProjectConfigured(configuration=configuration):
            return replace(told, configuration=configuration)
        case events.ConfigurationRemoved():
            return replace(told, configuration=None)
        case events.TemplateChosen():
            return replace(told, template=event)
        case events.TemplateReleased():
            return replace(told, template=None)
        case events.ProvisioningStarted(parameters=parameters):
            return replace(told, parameters=dict(parameters))
        case events.ProvisioningCompleted():
            return replace(told, provisioned=True)
        case events.ServiceAdded() | events.ServiceChanged() | events.ServiceRemoved():
            return replace(told, services=with_service(told.services, event))
        case _:
            return told


def with_service(
    services: dict[ServiceId, SubjectService],
    event: events.ServiceAdded | events.ServiceChanged | events.ServiceRemoved,
) -> dict[ServiceId, SubjectService]:
    match event:
        case events.ServiceAdded(service_id=id, service_name=name, service_type=type):
            return {**services, id: SubjectService(name, type, event.configuration)}
        case events.ServiceChanged(service_id=id):
            return {**services, id: changed(services[id], event)}
        case events.ServiceRemoved(service_id=removed):
            return {id: service for id, service in services.items() if id != removed}


def changed(service: SubjectService, event: events.ServiceChanged) -> SubjectService:
    return SubjectService(
        name=service.name if event.service_name is None else event.service_name,
        type=service.type if event.service_type is None else event.service_type,
        configuration=(
            service.configuration if event.configuration is None else event.configuration
        ),
    )
