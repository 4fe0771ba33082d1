"""Events of a template: the stored contract (see domain/project/events.py)."""

from typing import ClassVar, Literal

from pydantic import Field

from domain.project.events import HeldConfiguration
from domain.project.values import ServiceType
from domain.template.commands import ParameterType, Value
from kernel.merging import LIFE, always
from kernel.messages import Event, Message

CONTENT = always("files", "parameters")
"""Files use parameters, so a change of either touches both."""


class File(Message):
    path: str
    content: str


class Parameter(Message):
    """A parameter of the files; read tolerantly, so without the rules of the command."""

    name: str
    type: ParameterType
    label: str
    description: str | None = None
    required: bool = False
    default: Value | None = None
    min_length: int | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


class Service(Message):
    """A service that every project from this template begins with."""

    service_name: str
    service_type: ServiceType
    configuration: HeldConfiguration = Field(default_factory=dict)


class Settings(Message):
    """What projects from this template are configured with; read tolerantly, as above."""

    runtime: str | None = None
    features: tuple[str, ...] = ()
    environment: dict[str, str] = Field(default_factory=dict)


NO_SETTINGS = Settings()


class TemplateDrafted(Event):
    """`owner` is `<sub>::<username>` of the author; `uses` are the parameters in the files.

    1.0 had neither parameters nor `uses`, and 1.1 neither services nor settings.
    """

    schema_version: ClassVar[str] = "1.2"
    touches = always(LIFE)
    type: Literal["TemplateDrafted"] = "TemplateDrafted"
    owner: str
    slug: str
    name: str
    description: str | None = None
    files: tuple[File, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    uses: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    settings: Settings = NO_SETTINGS


class TemplateRenamed(Event):
    touches = always("name")
    type: Literal["TemplateRenamed"] = "TemplateRenamed"
    name: str


class TemplateDescriptionChanged(Event):
    touches = always("description")
    type: Literal["TemplateDescriptionChanged"] = "TemplateDescriptionChanged"
    description: str | None


class TemplateFilesReplaced(Event):
    """All files of the draft, as they are from now on; `uses` are the parameters in them."""

    schema_version: ClassVar[str] = "1.1"
    touches = CONTENT
    type: Literal["TemplateFilesReplaced"] = "TemplateFilesReplaced"
    files: tuple[File, ...]
    uses: tuple[str, ...] = ()


class TemplateParametersReplaced(Event):
    """All parameters of the draft, as they are from now on."""

    touches = CONTENT
    type: Literal["TemplateParametersReplaced"] = "TemplateParametersReplaced"
    parameters: tuple[Parameter, ...]


class TemplateServicesReplaced(Event):
    """All services of the draft, as they are from now on."""

    touches = always("services")
    type: Literal["TemplateServicesReplaced"] = "TemplateServicesReplaced"
    services: tuple[Service, ...]


class TemplateSettingsReplaced(Event):
    """All settings of the draft, as they are from now on."""

    touches = always("settings")
    type: Literal["TemplateSettingsReplaced"] = "TemplateSettingsReplaced"
    settings: Settings


class TemplatePublished(Event):
    """The draft became revision `revision`, counted from 1; `name` is the one it has then."""

    touches = always(LIFE)
    type: Literal["TemplatePublished"] = "TemplatePublished"
    revision: int
    slug: str
    name: str


class TemplateDeprecated(Event):
    """Nobody chooses it any more; projects that have it keep it."""

    touches = always(LIFE)
    type: Literal["TemplateDeprecated"] = "TemplateDeprecated"
    reason: str


TemplateEvent = (
    TemplateDrafted
    | TemplateRenamed
    | TemplateDescriptionChanged
    | TemplateFilesReplaced
    | TemplateParametersReplaced
    | TemplateServicesReplaced
    | TemplateSettingsReplaced
    | TemplatePublished
    | TemplateDeprecated
)
