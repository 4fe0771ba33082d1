"""Generated requests to the running stack: gateway, functions, store and AppSync as they are."""

import re
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pytest
import requests
import uuid6
from botocore.awsrequest import AWSRequest
from requests.auth import AuthBase
from schemathesis.core.transport import Response

from domain.contents import contents
from edge.http import openapi
from kernel.operation import Operation, Who
from local.stack import Stack
from skafu.examples import Placeholders
from tests.integration.test_integration_commands import PATH as MACHINES
from tests.integration.test_integration_commands import Machine, claims, erp
from tests.support.api_client import ApiClient, Json
from tests.support.generated_requests import (
    Figures,
    Sent,
    attack,
    kind_of,
    of_many,
    operation_of,
    operations,
)
from tests.support.owner import ADDING, CREATE, Owner
from tests.support.world import to_create, typical

pytestmark = [
    pytest.mark.feature("C10", "C20"),
    # Threads of the stack draw random numbers of their own while a case is made.
    pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies"),
]

__all__ = ["erp"]  # a fixture

FEW, MANY = 1, 125
HEADER = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
"""What a client can send as one; HTTP itself refuses the rest."""


@dataclass(frozen=True)
class Signing(AuthBase):
    """Signs as the machine does; whatever it says of a token goes."""

    machine: Machine

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        signed = AWSRequest(request.method, request.url, dict(request.headers), request.body)
        self.machine.sign(signed)
        request.headers.update(dict(signed.headers.items()))
        return request


@dataclass
class Target:
    """The stack as everybody sees it, with aggregates of each kind for one operation."""

    outputs: Json
    clients: dict[str, ApiClient]
    machine: Machine
    ids: dict[str, str] = field(default_factory=dict)
    session: requests.Session = field(default_factory=requests.Session)
    changed: bool = True

    def prepare(self) -> None:
        """Begin an aggregate of each kind, and make what lies within the first one.

        Those of before will do as long as all that was sent to them was refused.
        """
        if not self.changed:
            return
        known, key = Placeholders.numbered(uuid.uuid4().int % 10**9), str(uuid6.uuid7())
        steps = [name for kind in contents.aggregates for name in to_create(kind)]
        for name in dict.fromkeys([*steps, *(operation.name for operation in ADDING)]):
            self.sent(contents.operation[name], known, key)
        self.ids, self.changed = known.known | {"command_id": key}, False

    def sent(self, operation: Operation, known: Placeholders, key: str) -> None:
        person = Owner(self.outputs, f"{fitting(operation)}@skafu.dev")
        path = operation.path.replace("<id>", known.aggregate(operation) or "")
        body = known.data(typical(operation))
        answer = person.command(operation.method, path, body, key if operation is CREATE else "")
        assert answer.status_code == 202, answer.text
        plain = str(answer.json()["aggregateId"])
        path = f"{operation.collection}/{plain}/events"
        known.learn(operation, plain, person.send("GET", path).json()["data"])

    @cached_property
    def owner(self) -> str:
        return str(claims(self.clients["owner"])["sub"])

    def named(self, label: str) -> Mapping[str, str]:
        """Return an id for each name of a path's parameter or of a field."""
        operation, kind = operation_of(label), kind_of(label)
        plain = self.ids[kind.noun]
        target = {} if operation and operation.creates else {"aggregateId": plain}
        nouns = {f"{other.noun}Id": self.ids[other.noun] for other in contents.aggregates}
        inner = {name: self.ids[name] for name in contents.inner_ids}
        command = {"command_id": self.ids["command_id"]}
        return {**target, **nouns, **inner, **command, "id": plain, "owner": self.owner}

    def send(self, sent: Sent) -> Response:
        client = self.clients.get(sent.who)
        token = {} if client is None else {"Authorization": client.tokens["IdToken"]}
        headers = {name: text for name, text in sent.headers.items() if HEADER.fullmatch(text)}
        answer = self.session.request(
            sent.method,
            self.outputs["commandApiUrl"] + sent.path,
            params={name: str(value) for name, value in sent.query.items()},
            data=None if sent.body is None else sent.body.encode(errors="surrogatepass"),
            headers=headers | token,
            auth=Signing(self.machine) if sent.who == "machine" else None,
            timeout=60,
        )
        self.changed |= sent.method != "GET" and not 400 <= answer.status_code < 500
        return Response(
            status_code=answer.status_code,
            headers={name.lower(): [value] for name, value in answer.headers.items()},
            content=answer.content,
            request=answer.request,
            elapsed=answer.elapsed.total_seconds(),
            verify=False,
        )


def fitting(operation: Operation) -> str:
    return "owner" if operation.who is Who.OWNER else "admin"


@pytest.fixture(scope="module")
def target(running: Stack, erp: Machine) -> Target:
    people = ("owner", "second", "developer", "admin")
    clients = {who: ApiClient(running.outputs, f"{who}@skafu.dev") for who in people}
    return Target(running.outputs, clients, erp)


def attacked(target: Target, cases: int) -> Figures:
    figures = Figures()
    found = operations(openapi.document(contents))
    others = of_many(found)
    for operation in found:
        target.prepare()
        attack(operation, cases, target.send, target.named, figures, others)
        target.changed &= not only_begins(operation.label)
    return figures


def only_begins(label: str) -> bool:
    """Tell if an operation leaves all that there is as it was."""
    operation = operation_of(label)
    return operation is not None and operation.creates


@pytest.mark.timeout(900)
def test_no_answer_breaks_the_contract(target: Target) -> None:
    figures = attacked(target, FEW)

    assert not figures.faults, "\n".join(figures.faults[:20])
    assert figures.cases >= 4 * FEW * len(figures.statuses)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_no_answer_of_thousands_breaks_the_contract(
    target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = attacked(target, MANY)

    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(figures.lines()) + "\n")
    assert not figures.faults, "\n".join(figures.faults[:20])
    assert min(counts.total() for counts in figures.statuses.values()) >= 500
    assert heard(figures)


def heard(figures: Figures) -> bool:
    """Tell if some machine got past the gateway, which answers 403 itself."""
    return any(status != 403 for status in figures.statuses[f"POST {MACHINES}"])
