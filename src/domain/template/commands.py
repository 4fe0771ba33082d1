"""Commands of a template."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kernel.messages import Command, Message
from kernel.values import NO_NUL, Description, Name, Reason, Slug

MAX_FILES = 100

# A name begins with at most one dot, so neither `.` nor `..` is one.
FILE_NAME = r"\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*"
FilePath = Annotated[
    str, StringConstraints(max_length=255, pattern=rf"^{FILE_NAME}(/{FILE_NAME})*$")
]
FileContent = Annotated[str, StringConstraints(pattern=NO_NUL)]


class TemplateFile(Message):
    """A file of the scaffold; `path` is relative and names no folder above."""

    path: FilePath
    content: FileContent


Files = Annotated[tuple[TemplateFile, ...], Field(max_length=MAX_FILES)]


class DraftTemplate(Command):
    """Begins a template; its slug is its own for ever."""

    type: Literal["DraftTemplate"] = "DraftTemplate"
    owner: str
    slug: Slug
    name: Name
    description: Description | None = None
    files: Files = ()


class ReviseTemplate(Command):
    """Only what was given changes, in the draft; what is published stays until the next time."""

    type: Literal["ReviseTemplate"] = "ReviseTemplate"
    name: Name | None = None
    description: Description | None = None
    files: Files | None = None


class PublishTemplate(Command):
    type: Literal["PublishTemplate"] = "PublishTemplate"


class DeprecateTemplate(Command):
    type: Literal["DeprecateTemplate"] = "DeprecateTemplate"
    reason: Reason


TemplateCommand = DraftTemplate | ReviseTemplate | PublishTemplate | DeprecateTemplate
