"""One key, sent at once and again, to the running stack: one commit, one answer."""

import time
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import pytest
import requests
import uuid6

from tests.support.api_client import ApiClient, count_items
from tests.support.owner import CHANGE, CREATE, Owner, data

pytestmark = pytest.mark.feature("C15")

AT_ONCE, FEWER = 200, 60
THREADS = 8


def at_once(
    client: ApiClient, method: str, path: str, body: object, key: str, count: int = AT_ONCE
) -> list[str]:
    """The answers' texts; what is put off, or gets no answer in time, is sent again."""

    idle: SimpleQueue[ApiClient] = SimpleQueue()  # a connection of its own for each thread
    for _ in range(THREADS):
        idle.put(ApiClient(client.outputs, client.email))

    def send(_: int) -> str:
        own = idle.get()
        try:
            return sent(own)
        finally:
            idle.put(own)

    def sent(own: ApiClient) -> str:
        while True:
            try:
                answer = own.command(method, path, body, key)
            except requests.Timeout:
                continue  # what keys are for
            if answer.status_code not in (429, 503):
                assert answer.status_code == 202, answer.text
                return answer.text
            time.sleep(float(answer.headers.get("Retry-After", 1)))

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(send, range(count)))


@pytest.mark.parametrize("key", [str(uuid6.uuid7()), f"opaque-{uuid6.uuid7()}"], ids=["v7", "any"])
def test_many_creations_at_once_are_one(key: str, stack: dict[str, Any]) -> None:
    owner = ApiClient(stack, "owner@skafu.dev")
    before = count_items(stack)
    answers = at_once(owner, CREATE.method, CREATE.path, data(CREATE), key, FEWER)

    assert len(set(answers)) == 1
    assert count_items(stack) == before + 1


@pytest.mark.parametrize("key", [str(uuid6.uuid7()), f"opaque-{uuid6.uuid7()}"], ids=["v7", "any"])
def test_two_hundred_changes_at_once_are_one(key: str, stack: dict[str, Any]) -> None:
    owner = Owner(stack, "owner@skafu.dev")
    path = CHANGE.path.replace("<id>", owner.begin())
    before = count_items(stack)
    answers = at_once(owner, CHANGE.method, path, data(CHANGE), key)

    assert len(set(answers)) == 1
    assert count_items(stack) == before + 1
