"""What has happened to a project: the stored contract.

Class names and field names are what is stored, for ever. A field is added with a default or
through an upcaster; none is renamed or removed. What is left at its default is not stored, so a
default is part of the contract too and never changes. Each event carries what its rows show.
"""

from typing import Annotated, Literal

from pydantic import Field

from domain.messages import Event
from domain.project.commands import Configuration, ServiceId, ServiceType


class ProjectCreated(Event):
    """`owner` is `<sub>::<username>`, the form that Amplify's owner rules read."""

    type: Literal["ProjectCreated"] = "ProjectCreated"
    owner: str
    name: str
    description: str | None = None


class ProjectRenamed(Event):
    type: Literal["ProjectRenamed"] = "ProjectRenamed"
    name: str


class ProjectDescriptionChanged(Event):
    type: Literal["ProjectDescriptionChanged"] = "ProjectDescriptionChanged"
    description: str | None


class ServiceAdded(Event):
    type: Literal["ServiceAdded"] = "ServiceAdded"
    owner: str
    service_id: ServiceId
    service_name: str
    service_type: ServiceType
    configuration: Configuration = Field(default_factory=dict)


class ProjectArchived(Event):
    type: Literal["ProjectArchived"] = "ProjectArchived"


ProjectEvent = Annotated[
    ProjectCreated | ProjectRenamed | ProjectDescriptionChanged | ServiceAdded | ProjectArchived,
    Field(discriminator="type"),
]
