"""Requests that schemathesis makes of the OpenAPI document, and what every answer must keep to.

Each case is sent four times: as it was made, by anybody; with a text for a body; and aimed, naming
aggregates that exist, by those who may command them, so that not all end at the first question.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NotSet
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.operation import Operation

Case = Any  # schemathesis's own, whose class has a parameter that is nobody's business here
PROBLEM = "application/problem+json"
# The gateway's answer to what it has no answer for: it cannot render a status, which RFC 9457 lets
# a problem leave out, and the schema of our own problems does not.
GATEWAY = b"https://skafu.dev/problems/gateway-DEFAULT_4XX"
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TASK = re.compile("POST /commands/([a-z-]+)")
TAKE_ANY = ("/commands", "/integration/commands")
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(['{"a":1,"a":2}', "[" * 50, '"\\ud800"', '{"a":1e400}', "NaN", "null", "[]"]),
)


@dataclass(frozen=True)
class Aim:
    """Prepare a case before it is sent: its sender, and the things that it names."""

    who: str
    named: bool = True
    text: str | None = None


ANYBODY = ("admin", "owner", "second", "developer", "nobody", "machine")
SHOTS = st.tuples(
    st.builds(Aim, who=st.sampled_from(ANYBODY), named=st.just(False)),
    st.builds(Aim, who=st.sampled_from(ANYBODY), text=st.one_of(st.none(), TEXTS)),
    st.builds(Aim, who=st.sampled_from(["owner", "machine"])),
    st.builds(Aim, who=st.sampled_from(["admin", "machine"])),
)


@dataclass(frozen=True)
class Sent:
    """A request as it goes out."""

    method: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: str | None
    who: str


Send = Callable[[Sent], Response]
Ids = Callable[[str], Mapping[str, str]]
"""Of what exists for an operation: by the name of a path's parameter, or of a field."""


@dataclass
class Figures:
    """Cases and statuses by operation, and what was wrong."""

    statuses: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    faults: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return sum(counter.total() for counter in self.statuses.values())

    def lines(self) -> Iterator[str]:
        yield f"{'operation':<64}{'cases':>7}  statuses"
        for name, counter in sorted(self.statuses.items()):
            counts = "  ".join(f"{status}: {n}" for status, n in sorted(counter.items()))
            yield f"{name:<64}{counter.total():>7}  {counts}"
        total = sum(self.statuses.values(), Counter[int]())
        counts = "  ".join(f"{status}: {n}" for status, n in sorted(total.items()))
        yield f"{'all':<64}{self.cases:>7}  {counts}"


def operations(document: Mapping[str, Any]) -> Sequence[Any]:
    """Those of the OpenAPI document."""
    # It writes into what it is given.
    schema = schemathesis.openapi.from_dict(deepcopy(dict(document)))
    found = [cast(Any, result).ok() for result in schema.get_all_operations()]
    assert found
    return found


def of_many(document_operations: Sequence[Any]) -> st.SearchStrategy[Case]:
    """Cases of any command, which batches and machines send by its name."""
    tasks = [operation for operation in document_operations if task_name(operation)]
    return st.sampled_from(tasks).flatmap(lambda task: task.as_strategy())


def task_name(operation: Any) -> str | None:  # noqa: ANN401 - schemathesis's own
    """`brew-tea` of the operation `POST /commands/brew-tea`."""
    found = TASK.fullmatch(operation.label)
    return found and found[1]


@cache
def operation_of(label: str) -> Operation | None:
    """Return the command of a route in either style: `POST /commands/<name>`."""
    method, path = label.split(" ")
    for operation in contents.operations:
        rest = operation.path.replace("<", "{").replace(">", "}")
        if path == f"/commands/{operation.name}" or (method, path) == (operation.method, rest):
            return operation
    return None


def kind_of(label: str) -> AnyAggregate:
    """Return the kind of aggregate that a route is about; the first one for any other route."""
    if operation := operation_of(label):
        return contents.aggregate[operation.aggregate_type]
    collections = dict(contents.collections())
    return collections.get("/" + label.split("/")[1], contents.aggregates[0])


def attack(
    operation: Any,  # noqa: ANN401 - schemathesis's own
    cases: int,
    send: Send,
    ids: Ids,
    figures: Figures,
    others: st.SearchStrategy[Case],
) -> None:
    """Send so many cases of one operation, four times each; note what is wrong with an answer.

    An operation that takes commands of any kind is aimed with one of the `others`.
    """
    made = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )
    envelope = others if operation.path in TAKE_ANY else st.none()

    @seed(1)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(made, SHOTS, envelope)
    def each(case: Case, shots: Sequence[Aim], other: Case | None) -> None:
        for aim in shots:
            if aim.named and other is not None:
                case.body = wrapped(other, ids(other.operation.label), operation.path)
            request = aimed(case, aim, ids(operation.label))
            response = send(request)
            figures.statuses[operation.label][response.status_code] += 1
            figures.faults += [f"{request}: {fault}" for fault in faults(case, response)]

    each()


def aimed(case: Case, aim: Aim, ids: Mapping[str, str]) -> Sent:
    if aim.named:
        name_existing(case, ids)
    headers = {str(name): str(value) for name, value in (case.headers or {}).items()}
    headers.pop("Authorization", None)  # whose token it is, the aim decides
    return Sent(
        method=case.method,
        path=case.formatted_path,
        query=dict(case.query or {}),
        headers={"Content-Type": case.media_type or "application/json", **headers},
        body=text_of(case.body) if aim.text is None else aim.text,
        who=aim.who,
    )


def wrapped(other: Case, ids: Mapping[str, str], path: str) -> dict[str, Any]:
    """A command as one of a batch; to machines' own path alone, on behalf of the owner."""
    name_existing(other, ids)
    item = {"type": task_name(other.operation), **other.body}
    return {"commands": [item]} if path == "/commands" else {**item, "onBehalfOf": ids["owner"]}


def name_existing(case: Case, ids: Mapping[str, str]) -> None:
    """In the path, in the envelope and in its data: where an id is, one that exists."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = ids.get(name, case.path_parameters[name])
    body = case.body
    if isinstance(body, dict):
        for part in (body, body.get("data")):
            if isinstance(part, dict):
                part.update({name: ids[name] for name in part if name in ids})
        if "data" in body and "aggregateId" in ids:
            body["aggregateId"] = ids["aggregateId"]


def text_of(body: object) -> str | None:
    if isinstance(body, NotSet):
        return None
    if isinstance(body, bytes):
        return body.decode(errors="replace")
    return body if isinstance(body, str) else json.dumps(body)


def faults(case: Case, response: Response) -> Iterator[str]:
    """5xx, an undocumented status or type, a broken schema, a 4xx that is no problem document."""
    if response.status_code >= 500:
        yield f"{response.status_code} {response.text}"
        return
    if GATEWAY in response.content and response.status_code == 403:
        return
    if response.status_code >= 400:
        yield from problem_faults(response)
    try:
        case.validate_response(response, checks=CHECKS)
    except BaseExceptionGroup as error:  # schemathesis's groups of failures
        yield f"{response.status_code} {str(error)[:600]}"


def problem_faults(response: Response) -> Iterator[str]:
    found = {name.lower(): values for name, values in response.headers.items()}
    if found.get("content-type") != [PROBLEM]:
        yield f"{response.status_code} is {found.get('content-type')}"
        return
    problem = json.loads(response.content)
    if problem.get("status") != response.status_code or not problem.get("detail"):
        yield f"{response.status_code} says {problem}"
