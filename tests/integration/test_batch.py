"""Batches on the running stack."""

import pytest
import uuid6

from tests.support.api_client import ApiClient, Json, count_items
from tests.support.owner import CHANGE, CREATE, data


@pytest.mark.feature("C23", "C15")
def test_a_batch_has_one_effect_however_often_it_is_sent(stack: Json) -> None:
    owner, key = ApiClient(stack, "owner@skafu.dev"), str(uuid6.uuid7())
    plain = str(uuid6.uuid7())
    begin, change = (
        {"type": operation.name, "aggregateId": plain, "data": data(operation)}
        for operation in (CREATE, CHANGE)
    )
    batch = {"commands": [begin, {"type": "boil-water"}, change]}
    before = count_items(stack)
    answers = [owner.command("POST", "/commands", batch, key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert [result["status"] for result in answers[0].json()["results"]] == [202, 400, 202]
    assert count_items(stack) == before + 2
