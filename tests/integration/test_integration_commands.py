"""Machines on the running stack: signed with IAM, checked by the gateway."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.stack import Stack
from tests.support.api_client import ApiClient, Json, count_items
from tests.support.owner import CREATE, Owner, data

PATH = "/integration/commands"
USER = "erp"


@dataclass(frozen=True)
class Machine:
    """Signs as botocore does."""

    url: str
    key: str
    secret: str
    service: str = "execute-api"

    def signed(self, body: object) -> AWSRequest:
        request = AWSRequest(
            "POST", self.url, data=json.dumps(body), headers={"Content-Type": "application/json"}
        )
        self.sign(request)
        return request

    def sign(self, request: AWSRequest) -> None:
        SigV4Auth(Credentials(self.key, self.secret), self.service, "us-east-1").add_auth(request)

    def send(self, body: object) -> requests.Response:
        return posted(self.url, self.signed(body))


def posted(url: str, request: AWSRequest, body: str | None = None) -> requests.Response:
    sent: Any = request.data if body is None else body
    return requests.post(url, data=sent, headers=dict(request.headers.items()), timeout=60)


@pytest.fixture(scope="module")
def erp(running: Stack) -> Iterator[Machine]:
    iam = running.aws.client("iam")
    iam.create_user(UserName=USER)
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    url = running.outputs["commandApiUrl"] + PATH
    yield Machine(url, key["AccessKeyId"], key["SecretAccessKey"])
    iam.delete_access_key(UserName=USER, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=USER)


def claims(client: ApiClient) -> Json:
    import jwt

    found: Json = jwt.decode(client.tokens["IdToken"], options={"verify_signature": False})
    return found


@pytest.mark.feature("I1", "C20")
@pytest.mark.parametrize("name", ["", "::wrong", "::owner@skafu.dev"])
def test_a_machine_acts_for_nobody_who_is_not_in_the_pool(
    stack: Json, erp: Machine, name: str
) -> None:
    sub = claims(ApiClient(stack, "owner@skafu.dev"))["sub"]
    unknown = "0198f2a0-0000-7000-8000-00000000dead"
    stored = count_items(stack)
    for person in [f"{unknown}{name}", *([f"{sub}{name}"] if name else [])]:
        answer = erp.send(BODY | {"onBehalfOf": person})

        assert answer.status_code == 400, answer.text
        assert answer.json()["type"] == "https://skafu.dev/problems/no-such-user"
    assert count_items(stack) == stored


@pytest.mark.feature("I1", "C27")
def test_a_machine_begins_for_a_person_what_is_theirs(stack: Json, erp: Machine) -> None:
    owner = Owner(stack, "owner@skafu.dev")
    person = claims(owner)
    behalf = f"{person['sub']}::{person['cognito:username']}"
    answer = erp.send(BODY | {"onBehalfOf": behalf})
    assert answer.status_code == 202, answer.text
    plain = answer.json()["aggregateId"]
    changed = owner.change(plain)
    created, *_ = owner.events(plain)

    assert changed.status_code == 202
    assert created["metadata"]["userId"].endswith(f":user/{USER}")
    assert created["metadata"]["onBehalfOf"] == person["sub"]


BODY = {"type": CREATE.name, "onBehalfOf": "somebody", "data": data(CREATE)}
FORGERIES: dict[str, Callable[[Machine], requests.Response]] = {
    "unsigned": lambda m: requests.post(m.url, json=BODY, timeout=60),
    "a wrong secret": lambda m: replace(m, secret="guessed").send(BODY),
    "an unknown key": lambda m: replace(m, key="AKIAUNKNOWNUNKNOWN00").send(BODY),
    "another service": lambda m: replace(m, service="sqs").send(BODY),
    "another body": lambda m: posted(m.url, m.signed(BODY), json.dumps(BODY | {"type": "x"})),
    "another path": lambda m: posted(m.url, replace(m, url=m.url + "s").signed(BODY)),
}


@pytest.mark.feature("I1", "C11")
@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES)
def test_what_is_not_signed_as_it_stands_is_refused(
    stack: Json, erp: Machine, forged: Callable[[Machine], requests.Response]
) -> None:
    before = count_items(stack)
    answer = forged(erp)

    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert count_items(stack) == before


@pytest.mark.feature("I1", "C11")
def test_a_persons_token_is_no_signature_and_a_signature_no_token(
    stack: Json, erp: Machine
) -> None:
    owner = ApiClient(stack, "owner@skafu.dev")
    elsewhere = replace(erp, url=erp.url.replace(PATH, "/commands"))

    assert owner.send("POST", PATH, BODY).status_code == 403
    assert elsewhere.send({"commands": [BODY]}).status_code == 401
