"""Every command of a template: its route, who may send it, what it touches, its examples."""

from functools import partial
from typing import Any

from domain.template import bodies, commands
from kernel.merging import LIFE, always, each_given
from kernel.operation import Example, Operation, Who

TEMPLATE = partial(Operation, "TEMPLATE")
POT = "🫖"  # four bytes in UTF-8

DRAFTED = ("draft-template",)
PUBLISHED = (*DRAFTED, "publish-template")


def files(count: int, size: int) -> list[dict[str, Any]]:
    return [{"path": f"{n:f>255}", "content": "c" * size} for n in range(count)]


def slug(number: int) -> str:
    """Return a slug of its own for each number, since it is one template's for ever."""
    return f"web-api-{number:04}" if number else "full-stack-template"


def long_slug(number: int) -> str:
    return f"{number:s>64}" if number else slug(number)


EXAMPLE_TEXTS = {"slug": slug, "longSlug": long_slug}
OPERATIONS = (
    TEMPLATE(
        commands.DraftTemplate,
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
        bodies.DraftTemplateBody,
        creates=True,
    ),
    TEMPLATE(
        commands.ReviseTemplate,
        "PATCH /templates/<id>",
        Who.ADMIN,
        each_given("name", "description", "files"),
        Example(
            {"description": "An HTTP API with a database and a queue."},
            {"name": POT * 100, "description": POT * 2000, "files": files(100, 250)},
            DRAFTED,
        ),
        bodies.ReviseTemplateBody,
    ),
    TEMPLATE(
        commands.PublishTemplate,
        "POST /templates/<id>/publish",
        Who.ADMIN,
        always(LIFE),
        Example(given=DRAFTED),
    ),
    TEMPLATE(
        commands.DeprecateTemplate,
        "POST /templates/<id>/deprecate",
        Who.ADMIN,
        always(LIFE),
        Example({"reason": "Use web-api-2."}, {"reason": POT * 1000}, PUBLISHED),
    ),
)
