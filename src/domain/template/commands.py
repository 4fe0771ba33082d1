"""Commands of a template."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from kernel.merging import LIFE, always, each_given
from kernel.messages import Command, Message
from kernel.operation import Example, Who, operation
from kernel.values import NO_NUL, Description, Expected, Name, Reason, Slug

MAX_FILES = 100

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
    used on every system, such as `.git/config` or `aux.txt` (`unusable-path`).
    """

    type: Literal["DraftTemplate"] = "DraftTemplate"
    owner: str
    slug: Slug
    name: Name
    description: Description | None = None
    files: Files = ()


@operation(
    "PATCH /templates/<id>",
    Who.ADMIN,
    each_given("name", "description", "files"),
    Example(
        {"description": "An HTTP API with a database and a queue."},
        {"name": POT * 100, "description": POT * 2000, "files": files(100, 250)},
        DRAFTED,
    ),
)
class ReviseTemplate(Command):
    """Change the draft of a template: its name, its description or its files.

    What is left out stays as it is; files are replaced as a whole. What is published stays as it is
    until the template is published again. Refused when the paths of the files are not usable
    (`duplicate-path`, `colliding-paths`, `unusable-path`), and when the template is deprecated
    (`template-is-deprecated`).
    """

    type: Literal["ReviseTemplate"] = "ReviseTemplate"
    name: Name | None = None
    description: Description | None = None
    files: Files | None = None


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
