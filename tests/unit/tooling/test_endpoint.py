"""The row by which the page finds the command API: what AppSync may answer to its writer."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from botocore.credentials import Credentials

from local import endpoint

URL = "https://abc.appsync-api.eu-central-1.amazonaws.com/graphql"
Answers = Callable[..., list[str]]


class Answer:
    """What AppSync answers to one request."""

    def __init__(self, *kinds: str) -> None:
        self._errors = [{"errorType": kind, "message": "said so"} for kind in kinds]

    def json(self) -> dict[str, Any]:
        return {"data": None, "errors": self._errors} if self._errors else {"data": {}}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    def set_up(*answers: Answer | Exception) -> list[str]:
        sent: list[str] = []
        left = list(answers)

        def post(url: str, data: str, headers: dict[str, str], timeout: float) -> Answer:
            assert "eu-central-1/appsync/aws4_request" in headers["Authorization"]
            sent.append("update" if "updateEndpoint" in data else "create")
            answer = left.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(requests, "post", post)
        return sent

    return set_up


def write() -> None:
    credentials = Credentials("key", "secret")
    endpoint.write(URL, credentials, "eu-central-1", "https://api.example.org/dev")


def test_the_first_deployment_creates_it(answers: Answers) -> None:
    sent = answers(Answer())
    write()
    assert sent == ["create"]


def test_a_later_one_updates_it(answers: Answers) -> None:
    sent = answers(Answer(endpoint.THERE_ALREADY), Answer())
    write()
    assert sent == ["create", "update"]


@pytest.mark.parametrize(
    "said",
    [
        [Answer("UnauthorizedException")],
        [Answer(endpoint.THERE_ALREADY), Answer("Unauthorized")],
    ],
)
def test_a_refusal_is_told(answers: Answers, said: list[Answer | Exception]) -> None:
    answers(*said)
    with pytest.raises(endpoint.EndpointRefused, match="Unauthorized"):
        write()


def test_what_does_not_answer_is_told_as_it_is(answers: Answers) -> None:
    answers(requests.ConnectionError("no route"))
    with pytest.raises(requests.ConnectionError):
        write()
