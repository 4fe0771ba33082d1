"""Commands of a template."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from domain.project.values import (
    MAX_FEATURES,
    MAX_SERVICES_AT_CREATION,
    MAX_VARIABLES,
    Feature,
    ParameterValue,
    Runtime,
    ServiceConfiguration,
    ServiceType,
    VariableName,
    VariableValue,
)
from kernel.merging import LIFE, always, each_given
from kernel.messages import Command, Message
from kernel.operation import Example, Who, is_plain_id, operation
from kernel.texts import one_line, visible
from kernel.values import (
    AS_NUMBER,
    NO_CONTROL_CHARACTERS,
    NO_NUL,
    Description,
    Expected,
    Name,
    Reason,
    Slug,
    Truth,
)

MAX_FILES = 100
MAX_PARAMETERS = 20
MAX_CHOICES = 50
LONGEST_TEXT = 4000
"""Characters of a parameter's value, and entries of its list."""

# A name begins with at most one dot, so neither `.` nor `..` is one.
FILE_NAME = r"\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*"
FilePath = Annotated[
    str,
    StringConstraints(max_length=255, pattern=rf"^{FILE_NAME}(/{FILE_NAME})*$"),
    Expected(
        "a relative path of at most 255 characters: names of letters, digits, dots, hyphens and "
        "underscores, separated by slashes, each beginning with at most one dot"
    ),
]
FileContent = Annotated[
    str, StringConstraints(pattern=NO_NUL), Expected("text without NUL characters")
]


class TemplateFile(Message):
    """A file of the scaffold; its path is relative and stays within the scaffold."""

    model_config = ConfigDict(extra="forbid")

    path: FilePath
    content: FileContent


Files = Annotated[tuple[TemplateFile, ...], Field(max_length=MAX_FILES)]


def no_id(slug: str) -> str:
    """Raise `ValueError` for a slug that would be taken for the id of a template."""
    if is_plain_id(slug):
        raise ValueError("Must not have the form of an id.")
    return slug


TemplateSlug = Annotated[Slug, AfterValidator(no_id)]


class ParameterType(StrEnum):
    TEXT = "TEXT"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    CHOICE = "CHOICE"
    LIST = "LIST"


ParameterName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][A-Za-z0-9]{0,39}$"),
    Expected("letters and digits, with a small letter first; at most 40 characters"),
]
Help = Annotated[
    str,
    StringConstraints(max_length=500, pattern=NO_NUL),
    Expected("text of at most 500 characters, without NUL characters"),
]
Choice = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=NO_CONTROL_CHARACTERS),
    AfterValidator(one_line),
    AfterValidator(visible),
    Expected("text of 1 to 100 characters, not blank and without control characters"),
]
Value = ParameterValue
Default = Annotated[Value, Expected("text, a number, true or false, or a list of texts")]
Length = Annotated[
    int,
    Field(ge=0, le=LONGEST_TEXT),
    AS_NUMBER,
    Expected(f"a whole number from 0 to {LONGEST_TEXT}"),
]
Limit = Annotated[float, AS_NUMBER, Expected("a number")]


class TemplateParameter(Message):
    """A value that files are scaffolded with, given by those who choose the template.

    The lengths are limits of a `TEXT` in characters and of a `LIST` in entries; `minimum` and
    `maximum` are those of a `NUMBER`. The `choices` are the values of a `CHOICE`, and the entries
    that a `LIST` may have.
    """

    model_config = ConfigDict(extra="forbid")

    name: ParameterName
    type: ParameterType
    label: Name
    description: Help | None = None
    required: Truth = False
    default: Default | None = None
    min_length: Length | None = None
    max_length: Length | None = None
    minimum: Limit | None = None
    maximum: Limit | None = None
    choices: Annotated[tuple[Choice, ...], Field(max_length=MAX_CHOICES)] = ()


Parameters = Annotated[tuple[TemplateParameter, ...], Field(max_length=MAX_PARAMETERS)]


class TemplateService(Message):
    """A service that every project from this template begins with."""

    model_config = ConfigDict(extra="forbid")

    service_name: Name
    service_type: ServiceType
    configuration: ServiceConfiguration = Field(default_factory=dict)


Services = Annotated[tuple[TemplateService, ...], Field(max_length=MAX_SERVICES_AT_CREATION)]


class TemplateSettings(Message):
    """What projects from this template are configured with, besides what their owners say."""

    model_config = ConfigDict(extra="forbid")

    runtime: Runtime | None = None
    features: Annotated[tuple[Feature, ...], Field(max_length=MAX_FEATURES)] = ()
    environment: Annotated[dict[VariableName, VariableValue], Field(max_length=MAX_VARIABLES)] = (
        Field(default_factory=dict)
    )


POT = "🫖"  # four bytes in UTF-8

DRAFTED = ("draft-template",)

PUBLISHED = (*DRAFTED, "publish-template")


def slug(number: int) -> str:
    """Return a slug of its own for each number, since it is one template's for ever."""
    return f"web-api-{number:04}" if number else "full-stack-template"


def long_slug(number: int) -> str:
    return f"{number:s>64}" if number else slug(number)


EXAMPLE_TEXTS = {"slug": slug, "longSlug": long_slug}


def files(count: int, size: int) -> list[dict[str, Any]]:
    return [{"path": f"{n:f>255}", "content": "c" * size} for n in range(count)]


@operation(
    "POST /templates",
    Who.ADMIN,
    always(LIFE),
    Example(
        {
            "slug": "{slug}",
            "name": "Web API",
            "description": "An HTTP API with a database.",
            "files": [{"path": "README.md", "content": "# Web API\n"}],
            "parameters": [
                {
                    "name": "database",
                    "type": "CHOICE",
                    "label": "Database",
                    "choices": ["dynamodb", "aurora"],
                    "default": "dynamodb",
                },
                {"name": "tables", "type": "LIST", "label": "Tables"},
            ],
            "services": [{"serviceName": "api", "serviceType": "API"}],
            "settings": {"runtime": "python3.13", "features": ["tracing"]},
        },
        {
            "slug": "{longSlug}",
            "name": POT * 100,
            "description": POT * 2000,
            "files": files(100, 250),
        },
    ),
    creates=True,
)
class DraftTemplate(Command):
    """Draft a template, with its first files where they are given.

    No two templates have the same slug, and it is never changed. Refused when the slug is taken
    (`slug-taken`), when two files have the same path (`duplicate-path`), or paths that cannot be
    beside each other, such as `a` and `a/b` or `A` (`colliding-paths`), and when a path cannot be
    used on every system, such as `.git/config` or `aux.txt` (`unusable-path`). A parameter whose
    name is taken or reserved, or whose limits or default do not fit its type or each other, is
    refused (`unusable-parameter`), and so are more than 16 KB of them (`parameters-too-long`).

    A file can use the parameters, and `name`, `projectId`, `services`, `region`, `runtime`,
    `requestedRuntime` and `features` of the project: `<%= name | quoted %>`,
    `<% if database == "dynamodb" %>`, `<% for service in services %>`, `<%# a comment %>`. Anything
    else within these delimiters is refused with its line, and so are names that nobody declared
    (`unusable-file`).

    `services` and `settings` are what a project from this template begins with, besides what its
    owner says. Two services of one name are refused (`duplicate-service`), and more than 16 KB of
    services and settings together (`setup-too-long`).
    """

    type: Literal["DraftTemplate"] = "DraftTemplate"
    owner: str
    slug: TemplateSlug
    name: Name
    description: Description | None = None
    files: Files = ()
    parameters: Parameters = ()
    services: Services = ()
    settings: TemplateSettings = TemplateSettings()


@operation(
    "PATCH /templates/<id>",
    Who.ADMIN,
    each_given("name", "description", "files", "parameters", "services", "settings"),
    Example(
        {"description": "An HTTP API with a database and a queue."},
        {"name": POT * 100, "description": POT * 2000, "files": files(100, 250)},
        DRAFTED,
    ),
)
class ReviseTemplate(Command):
    """Change the draft of a template: name, description, files, parameters, services or settings.

    What is left out stays as it is; files are replaced as a whole, and so are parameters, services
    and settings. What is published stays as it is until the template is published again. Refused
    when the paths of the files are not usable (`duplicate-path`, `colliding-paths`,
    `unusable-path`), or what is in them (`unusable-file`), when parameters are not
    (`unusable-parameter`, `parameters-too-long`) or the files use one that would be gone
    (`parameter-in-use`), when services and settings are not (`duplicate-service`,
    `setup-too-long`), and when the template is deprecated (`template-is-deprecated`).
    """

    type: Literal["ReviseTemplate"] = "ReviseTemplate"
    name: Name | None = None
    description: Description | None = None
    files: Files | None = None
    parameters: Parameters | None = None
    services: Services | None = None
    settings: TemplateSettings | None = None


@operation("POST /templates/<id>/publish", Who.ADMIN, always(LIFE), Example(given=DRAFTED))
class PublishTemplate(Command):
    """Publish the draft of a template as its next revision.

    It changes nothing when the draft equals what is published. Refused when the draft has no files
    (`nothing-to-publish`), and when the template is deprecated (`template-is-deprecated`).
    """

    type: Literal["PublishTemplate"] = "PublishTemplate"


@operation(
    "POST /templates/<id>/deprecate",
    Who.ADMIN,
    always(LIFE),
    Example({"reason": "Use web-api-2."}, {"reason": POT * 1000}, PUBLISHED),
)
class DeprecateTemplate(Command):
    """Deprecate a template for good, and say why: nobody can choose it any more."""

    type: Literal["DeprecateTemplate"] = "DeprecateTemplate"
    reason: Reason


TemplateCommand = DraftTemplate | ReviseTemplate | PublishTemplate | DeprecateTemplate
