"""What each command and each event of a project touches: the table behind `onConflict: merge`.

A command that was decided on an older version is merged when no event since touches what it
touches. Aspects of one kind are told apart by `<kind>:<id>`; `LIFE` meets everything.
"""

from typing import assert_never

from domain.project.commands import (
    AddService,
    ArchiveProject,
    ChangeProject,
    ChangeService,
    ChooseTemplate,
    CompleteDeployment,
    CompleteProvisioning,
    CompleteProvisioningStep,
    ConfigureProject,
    CreateProject,
    DeleteProject,
    FailDeployment,
    FailProvisioning,
    LinkRepository,
    ProjectCommand,
    RemoveService,
    RestoreProject,
    StartDeployment,
    StartProvisioning,
    UnlinkRepository,
)
from domain.project.events import (
    DeploymentCompleted,
    DeploymentFailed,
    DeploymentStarted,
    ProjectArchived,
    ProjectConfigured,
    ProjectCreated,
    ProjectDeleted,
    ProjectDescriptionChanged,
    ProjectEvent,
    ProjectRenamed,
    ProjectRestored,
    ProvisioningCompleted,
    ProvisioningFailed,
    ProvisioningStarted,
    ProvisioningStepCompleted,
    RepositoryLinked,
    RepositoryUnlinked,
    ServiceAdded,
    ServiceChanged,
    ServiceRemoved,
    SubjectForgotten,
    TemplateChosen,
)
from kernel.decider import LIFE, Aspects
from kernel.personal import ForgetSubject


def touched_by_command(command: ProjectCommand) -> Aspects:
    match command:
        case CreateProject() | ArchiveProject() | RestoreProject() | DeleteProject():
            return frozenset({LIFE})
        case ChangeProject():
            return frozenset(command.model_fields_set & {"name", "description"})
        case ConfigureProject():
            return frozenset({"configuration"})
        case AddService(service=service):
            return frozenset({f"service:{service.service_id}"})
        case ChangeService(service_id=id) | RemoveService(service_id=id):
            return frozenset({f"service:{id}"})
        case ChooseTemplate():
            return frozenset({"template"})
        case LinkRepository() | UnlinkRepository():
            return frozenset({"repository"})
        case StartDeployment(environment=environment):
            return frozenset({f"environment:{environment}"})
        case CompleteDeployment(deployment_id=id) | FailDeployment(deployment_id=id):
            return frozenset({f"deployment:{id}"})
        case (
            StartProvisioning()
            | CompleteProvisioningStep()
            | CompleteProvisioning()
            | FailProvisioning()
        ):
            return frozenset({"provisioning"})
        case ForgetSubject():
            return frozenset({"subject"})
        case _:
            assert_never(command)


def touched_by_event(event: ProjectEvent) -> Aspects:
    match event:
        case ProjectCreated() | ProjectArchived() | ProjectRestored() | ProjectDeleted():
            return frozenset({LIFE})
        case ProjectRenamed():
            return frozenset({"name"})
        case ProjectDescriptionChanged():
            return frozenset({"description"})
        case ProjectConfigured():
            return frozenset({"configuration"})
        case ServiceAdded() | ServiceChanged() | ServiceRemoved():
            return frozenset({f"service:{event.service_id}"})
        case TemplateChosen():
            return frozenset({"template"})
        case RepositoryLinked() | RepositoryUnlinked():
            return frozenset({"repository"})
        case DeploymentStarted() | DeploymentCompleted() | DeploymentFailed():
            return frozenset(
                {f"environment:{event.environment}", f"deployment:{event.deployment_id}"}
            )
        case (
            ProvisioningStarted()
            | ProvisioningStepCompleted()
            | ProvisioningCompleted()
            | ProvisioningFailed()
        ):
            return frozenset({"provisioning"})
        case SubjectForgotten():
            return frozenset({"subject"})
        case _:
            assert_never(event)
