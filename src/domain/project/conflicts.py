"""The parts of a project that each event touches: half of the table behind `onConflict: merge`.

The commands' half stands beside each command, in `operations.py`.
"""

from typing import assert_never

from domain.project import events
from domain.project.events import ProjectEvent
from kernel.merging import LIFE, Aspects


def touched_by_event(event: ProjectEvent) -> Aspects:
    match event:
        case (
            events.ProjectCreated()
            | events.ProjectArchived()
            | events.ProjectRestored()
            | events.ProjectDeleted()
        ):
            return frozenset({LIFE})
        case events.ProjectRenamed():
            return frozenset({"name"})
        case events.ProjectDescriptionChanged():
            return frozenset({"description"})
        case events.ProjectConfigured():
            return frozenset({"configuration"})
        case events.ServiceAdded() | events.ServiceChanged() | events.ServiceRemoved():
            return frozenset({f"service:{event.service_id}"})
        case events.TemplateChosen():
            return frozenset({"template"})
        case events.RepositoryLinked() | events.RepositoryUnlinked():
            return frozenset({"repository"})
        case events.DeploymentStarted() | events.DeploymentCompleted() | events.DeploymentFailed():
            return frozenset(
                {f"environment:{event.environment}", f"deployment:{event.deployment_id}"}
            )
        case (
            events.ProvisioningStarted()
            | events.ProvisioningStepCompleted()
            | events.ProvisioningCompleted()
            | events.ProvisioningFailed()
        ):
            return frozenset({"provisioning"})
        case _:
            assert_never(event)
