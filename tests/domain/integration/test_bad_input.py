"""Bad input to commands of a project gets a clear error, and nothing is stored."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.api_client import Json
from tests.support.bad_input import Case, World, assert_refused, nested, of_it, prepared

pytestmark = pytest.mark.feature("C10", "C11", "C20")
NAME = {"name": "Shop"}


def service(name: str = "api", kind: str = "API", **more: object) -> dict[str, Any]:
    return {"serviceName": name, "serviceType": kind, **more}


def drafted(content: str = "", **parameters: object) -> dict[str, Any]:
    """Return a template of one file, with one parameter or none."""
    declared = [{"name": "a", "type": "TEXT", "label": "A", **parameters}] if parameters else []
    files = [{"path": "a.py", "content": content}]
    return {"slug": "bad-input", "name": "Bad", "files": files, "parameters": declared}


def of_template(name: str, status: int, problem: str, body: dict[str, Any]) -> Case:
    return Case(name, status, problem, path="/templates", body=body, who="admin")


CASES = (
    # The body is not one unambiguous JSON document
    Case("a field twice, in a configuration", 400, "malformed-json", path=of_it("/services"),
         body='{"serviceName":"a","serviceType":"API","configuration":{"a":{"b":1,"b":2}}}'),
    Case("NaN", 400, "malformed-json", path=of_it("/services"),
         body='{"serviceName":"a","serviceType":"API","configuration":{"a":NaN}}'),
    Case("1e400", 400, "malformed-json", path=of_it("/services"),
         body='{"serviceName":"a","serviceType":"API","configuration":{"a":1e400}}'),
    Case("an integer of 54 bits", 400, "malformed-json", path=of_it("/services"),
         body='{"serviceName":"a","serviceType":"API","configuration":{"a":9007199254740992}}'),
    Case("a field with an empty name", 400, "malformed-json", path=of_it("/services"),
         body=service(configuration={"": 1})),
    Case("too deep", 400, "malformed-json", path=of_it("/services"),
         body=service(configuration=nested(40))),
    # Fields
    Case("missing field", 400, "invalid-request", body={"description": "no name"}),
    Case("null for a text", 400, "invalid-request", body={"name": None}),
    Case("unknown service type", 400, "invalid-request", path=of_it("/services"),
         body=service(kind="DATABASE")),
    # Caps: one beyond each
    Case("empty name", 400, "invalid-request", body={"name": "   "}),
    Case("name of 101", 400, "invalid-request", body={"name": "x" * 101}),
    Case("control character in the name", 400, "invalid-request", body={"name": "a\u0000b"}),
    Case("C1 control in the name", 400, "invalid-request", body={"name": "a\u009bb"}),
    Case("a name that turns around", 400, "invalid-request", body={"name": "gpj\u202eexe"}),
    Case("a name that nobody can see", 400, "invalid-request", body={"name": "\u200b\u3164"}),
    Case("description of 2 001", 400, "invalid-request", body={**NAME, "description": "x" * 2001}),
    Case("21 services at once", 400, "invalid-request",
         body={**NAME, "services": [service(f"s{n}") for n in range(21)]}),
    Case("an event beyond 64 KB", 413, "event-too-large", path=of_it("/services"),
         body=service(configuration={"text": "x" * 65_536})),
    Case("a commit beyond 200 KB", 413, "commit-too-large",
         body={**NAME, "services": [service(f"s{n}", configuration={"t": "x" * 60_000})
                                    for n in range(4)]}),
    # Templates
    of_template("a parameter with a word of Python as its name", 409, "unusable-parameter",
                drafted(name="class")),
    of_template("a parameter whose name is no identifier", 400, "invalid-request",
                drafted(name="__class__")),
    of_template("a default beyond the limit", 409, "unusable-parameter",
                drafted(type="NUMBER", maximum=1, default=2)),
    of_template("a default that is an object", 400, "invalid-request", drafted(default={})),
    of_template("parameters beyond 16 KB", 409, "parameters-too-long",
                {**drafted(), "parameters": [
                    {"name": f"p{n}", "type": "TEXT", "label": "A", "default": "x" * 4000}
                    for n in range(5)]}),
    of_template("a file that calls", 409, "unusable-file", drafted("<%= name.upper() %>")),
    of_template("a file that wants out", 409, "unusable-file", drafted("<%= name.__class__ %>")),
    of_template("a file that takes all memory", 409, "unusable-file", drafted("<%= 'x' * 9e9 %>")),
    of_template("a file with an unknown filter", 409, "unusable-file",
                drafted("<%= name|quoted_html %>")),
    of_template("a file with a name that nobody declared", 409, "unusable-file",
                drafted("<%= b %>", name="a")),
    of_template("a file with a tag that is left open", 409, "unusable-file",
                drafted("<% if name %>")),
    of_template("two services of one name in a template", 409, "duplicate-service",
                {**drafted(), "services": [service("a"), service("A")]}),
    of_template("services and settings beyond 16 KB", 409, "setup-too-long",
                {**drafted(), "services": [service(configuration={"t": "x" * 17_000})]}),
    of_template("a setting that no project has", 400, "invalid-request",
                {**drafted(), "settings": {"runtime": "cobol"}}),
    of_template("a slug in the form of an id", 400, "invalid-request",
                {**drafted(), "slug": "0198f2a0-0000-7000-8000-00000000000a"}),
    # Wishes
    Case("a template that is not there", 409, "template-not-published",
         body={**NAME, "templateId": "no-such-template"}),
    Case("a template's id of nothing", 409, "template-not-published",
         body={**NAME, "templateId": "0198f2a0-0000-7000-8000-0000000000f0"}),
    Case("values without a template", 400, "invalid-request",
         body={**NAME, "templateParameters": {"a": 1}}),
    Case("values beyond 8 KB", 400, "invalid-request",
         body={**NAME, "templateId": "a", "templateParameters": {"a": "x" * 10_000}}),
    Case("values that are a list", 400, "invalid-request",
         body={**NAME, "templateId": "a", "templateParameters": [1]}),
    Case("NaN as a value", 400, "malformed-json",
         body='{"name":"Shop","templateId":"a","templateParameters":{"a":NaN}}'),
    Case("a value twice", 400, "malformed-json",
         body='{"name":"Shop","templateId":"a","templateParameters":{"a":1,"a":2}}'),
    Case("a start without a template", 409, "no-template-wished", path=of_it("/provisioning"),
         body={}),
    Case("a start from a template that is not there", 409, "template-not-published",
         path=of_it("/provisioning"), body={"templateId": "no-such-template"}),
    # Whose
    Case("another's project, archived", 404, "aggregate-not-found", "POST", of_it("/archive"), {},
         who="second"),
    # Broken rules
    Case("a service name twice at creation", 409, "service-name-taken",
         body={**NAME, "services": [service("a"), service("A")]}),
    Case("a service name in two normal forms", 409, "service-name-taken",
         body={**NAME, "services": [service("Café"), service("Cafe\u0301")]}),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(stack: Json) -> Iterator[World]:
    with prepared(stack) as world:
        yield world


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_refused(case: Case, world: World) -> None:
    assert_refused(case, world)


def test_the_table_has_its_rows() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)
