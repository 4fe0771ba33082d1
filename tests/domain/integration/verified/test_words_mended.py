"""Words by which everybody's projects are found, and what mends them, on a running stack."""

from dataclasses import replace

import pytest

from adapters.dynamodb.words import DynamoDbWords
from kernel.projection import RowKey
from local.stack import Stack
from tests.domain.support.project_client import ProjectClient
from tests.support.api_client import eventually
from tests.support.menders import MENDERS, Mender
from tests.support.template import named


@pytest.mark.feature("R15", "T5", "W12")
@pytest.mark.parametrize("mend", MENDERS)
def test_words_that_are_not_those_of_their_stream_are_mended(running: Stack, mend: Mender) -> None:
    owner = ProjectClient(running.outputs, "owner@skafu.dev")
    key = RowKey("Project", owner.create_project("Samovar")["aggregateId"])
    table = named("WordsTable", "TableName", "local")
    words = DynamoDbWords(running.aws.client("dynamodb"), table)
    right = eventually(lambda: words.entry(key))
    assert right is not None

    words.put(key, replace(right, terms=("0forged",)), right)
    assert mend(running) >= 1

    assert eventually(lambda: words.entry(key) == right), words.entry(key)
