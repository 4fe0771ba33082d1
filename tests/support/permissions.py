"""The rights that template.yaml grants each function, and those that are exercised.

`.venv/bin/python -m tests.support.permissions` writes docs/permissions.md; `--check` compares it.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import yaml
from moto.iam.aws_managed_policies import aws_managed_policies_data

from tests.infrastructure.test_template import Resource, many, of_type, target
from tests.support.paths import ROOT, TESTS
from tests.support.right import Right

PAGE = ROOT / "docs" / "permissions.md"
REASONS = TESTS / "unexercised_rights.yaml"
FIELD = re.compile(r"/types/(\w+)/fields/(\w+)")
HEAD = """\
# What each function may do

Every right that `template.yaml` grants to a function's role, AWS's managed policies included. Each
function signs with an access key of its own, by which the integration run records what it calls; at
the end of that run
`tests/domain/rights/test_permissions.py::test_every_right_is_exercised_or_has_its_reason`
and the tests beside it compare. They fail for a right that is neither exercised nor listed in
`tests/unexercised_rights.yaml`, for a right that is listed there and exercised, and for a call that
is not granted. The emulator does not evaluate IAM: conditions and resource policies are proved only
on AWS.

| function | action | on | exercised by the integration run |
|---|---|---|---|
"""
REASONS_HEAD = """
## Why some are not exercised

"""


@dataclass(frozen=True)
class Reason:
    """Why the rights that `right` covers are not exercised."""

    right: Right
    reason: str


@cache
def granted() -> frozenset[Right]:
    return frozenset(
        Right(function, action, subject(resource))
        for function, properties in of_type("AWS::Lambda::Function").items()
        for statement in statements(target(properties["Role"]))
        for action in many(statement["Action"])
        for resource in many(statement["Resource"])
    )


def statements(role: str) -> Iterator[Resource]:
    """Every statement of a role's inline and managed policies."""
    properties = of_type("AWS::IAM::Role")[role]
    for policy in properties.get("Policies", []):
        yield from many(policy["PolicyDocument"]["Statement"])
    for arn in properties.get("ManagedPolicyArns", []):
        yield from many(managed_policies()[arn.rsplit("/", 1)[1]]["Document"]["Statement"])


@cache
def managed_policies() -> dict[str, Any]:
    """AWS's own policies, by name."""
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies


def subject(resource: object) -> str:
    """`Mutation.createTeapot`, or the logical id of what is accessed."""
    if resource == "*":
        return "*"
    if field := FIELD.search(json.dumps(resource)):
        return f"{field[1]}.{field[2]}"
    match resource:
        case {"Fn::Join": [_, [inner, *_]]}:
            return target(inner)
        case _:
            return target(resource)


@cache
def reasons() -> tuple[Reason, ...]:
    rows = yaml.safe_load(REASONS.read_text())
    return tuple(Reason(Right(*row["right"]), row["reason"]) for row in rows)


def reason_of(right: Right) -> str | None:
    return next((one.reason for one in reasons() if one.right.covers(right)), None)


def exercised(calls: Iterable[Right]) -> set[Right]:
    """The rights that some call made use of."""
    seen = tuple(calls)
    return {right for right in granted() if any(map(right.covers, seen))}


def unexplained(calls: Iterable[Right]) -> list[Right]:
    """Rights that no call made use of, without a reason."""
    return sorted(right for right in granted() - exercised(calls) if reason_of(right) is None)


def stale(calls: Iterable[Right]) -> list[Right]:
    """Rights that are said not to be exercised, and are."""
    return sorted(right for right in exercised(calls) if reason_of(right) is not None)


def ungranted(calls: Iterable[Right]) -> list[Right]:
    """Calls that AWS would refuse."""
    return sorted(call for call in calls if not any(right.covers(call) for right in granted()))


def page() -> str:
    rows, texts = "".join(map(row, grouped())), "".join(map(numbered, enumerate(texts_given(), 1)))
    return HEAD + rows + REASONS_HEAD + texts


def numbered(reason: tuple[int, str]) -> str:
    number, text = reason
    return f"{number}. {text}\n"


def texts_given() -> list[str]:
    """Return each reason once, in the order in which they are listed."""
    return list(dict.fromkeys(one.reason for one in reasons()))


class Row(NamedTuple):
    function: str
    on: str
    verdict: str
    actions: tuple[str, ...]


def grouped() -> list[Row]:
    """Rights of a function on one thing that share a verdict are one row; exercised ones first."""
    rows: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for right in sorted(granted()):
        rows[right.function, right.on, verdict(right)].append(right.action)
    made = [Row(*key, tuple(actions)) for key, actions in rows.items()]
    return sorted(made, key=lambda row: (row.function, row.verdict != "yes", row.actions, row.on))


def verdict(right: Right) -> str:
    reason = reason_of(right)
    return f"no: reason {texts_given().index(reason) + 1}" if reason else "yes"


def row(row: Row) -> str:
    actions = ", ".join(f"`{action}`" for action in row.actions)
    return f"| {row.function} | {actions} | {row.on} | {row.verdict} |\n"


def main(arguments: Sequence[str]) -> int:
    if "--check" not in arguments:
        PAGE.write_text(page())
    elif PAGE.read_text() != page():
        sys.stderr.write("docs/permissions.md is stale: run `make docs`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
