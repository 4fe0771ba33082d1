"""Words by which everybody's projects are found, and the reconciler, on a running stack."""

from dataclasses import replace

import pytest

from adapters.dynamodb.words import DynamoDbWords
from kernel.projection import RowKey
from local.stack import Stack
from tests.domain.support.project_client import ProjectClient
from tests.support import lab
from tests.support.api_client import eventually
from tests.support.template import function_name, named


@pytest.mark.feature("R15", "W12")
def test_the_reconciler_mends_words_that_are_not_those_of_their_stream(running: Stack) -> None:
    owner = ProjectClient(running.outputs, "owner@skafu.dev")
    key = RowKey("Project", owner.create_project("Samovar")["aggregateId"])
    table = named("WordsTable", "TableName", "local")
    words = DynamoDbWords(running.aws.client("dynamodb"), table)
    right = eventually(lambda: words.entry(key))
    assert right is not None

    words.put(key, replace(right, terms=("0forged",)), right)
    lab.call(running.aws, function_name("Reconciler"), {"graceSeconds": 0})

    assert eventually(lambda: words.entry(key) == right), words.entry(key)
