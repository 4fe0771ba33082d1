"""docs/permissions.md lists every right that is granted, and how each is known to be needed."""

import json
import re
from pathlib import Path

from infrastructure.test_template import many, statements, target

PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
ROW = re.compile(r"^\| (\w+) \| `([\w:]+)` \| ([\w.]+) \| (.+) \|$", re.MULTILINE)
FIELD = re.compile(r"/types/(\w+)/fields/(\w+)")
Right = tuple[str, str, str]


def granted() -> set[Right]:
    return {
        (role.removesuffix("Role"), action, subject(resource))
        for role, statement in statements()
        for action in many(statement["Action"])
        for resource in many(statement["Resource"])
    }


def subject(resource: object) -> str:
    """`Mutation.createProject`, or the logical id of what is accessed."""
    if field := FIELD.search(json.dumps(resource)):
        return f"{field[1]}.{field[2]}"
    match resource:
        case {"Fn::Join": [_, [inner, *_]]}:
            return target(inner)
        case _:
            return target(resource)


def listed() -> dict[Right, str]:
    return {(f, action, on): used for f, action, on, used in ROW.findall(PAGE.read_text())}


def test_the_page_lists_exactly_what_is_granted() -> None:
    assert set(listed()) == granted()


def test_every_right_is_used_in_a_test_or_has_its_reason() -> None:
    unexplained = [
        right
        for right, used in listed().items()
        if not re.match(r"`tests/[\w/]+\.py::\w+`$|none: \w+ .{20,}", used)
    ]

    assert unexplained == []
