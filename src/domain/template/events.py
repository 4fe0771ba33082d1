"""Events of a template: the stored contract (see domain/project/events.py)."""

from typing import Literal

from kernel.messages import Event, Message


class File(Message):
    path: str
    content: str


class TemplateDrafted(Event):
    """`owner` is `<sub>::<username>` of the author."""

    type: Literal["TemplateDrafted"] = "TemplateDrafted"
    owner: str
    slug: str
    name: str
    description: str | None = None
    files: tuple[File, ...] = ()


class TemplateRenamed(Event):
    type: Literal["TemplateRenamed"] = "TemplateRenamed"
    name: str


class TemplateDescriptionChanged(Event):
    type: Literal["TemplateDescriptionChanged"] = "TemplateDescriptionChanged"
    description: str | None


class TemplateFilesReplaced(Event):
    """All files of the draft, as they are from now on."""

    type: Literal["TemplateFilesReplaced"] = "TemplateFilesReplaced"
    files: tuple[File, ...]


class TemplatePublished(Event):
    """The draft became revision `revision`, counted from 1; `name` is the one it has then."""

    type: Literal["TemplatePublished"] = "TemplatePublished"
    revision: int
    slug: str
    name: str


class TemplateDeprecated(Event):
    """Nobody chooses it any more; projects that have it keep it."""

    type: Literal["TemplateDeprecated"] = "TemplateDeprecated"
    reason: str


TemplateEvent = (
    TemplateDrafted
    | TemplateRenamed
    | TemplateDescriptionChanged
    | TemplateFilesReplaced
    | TemplatePublished
    | TemplateDeprecated
)
