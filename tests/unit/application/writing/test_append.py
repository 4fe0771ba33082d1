"""The commit that is appended: it carries what accompanied the command."""

from dataclasses import replace

import pytest

from kernel.actor import Actor
from tests.support.desk import Desk
from tests.support.kitchen.builders import make
from tests.support.requests import request
from tests.support.spec import ACTOR


@pytest.mark.feature("E10")
def test_a_commit_names_whoever_sent_the_command_for_whom_and_from_where() -> None:
    desk, sent = Desk(), request(make(), "k")
    actor = Actor(ACTOR, machine="machine:robot::robot")
    metadata = replace(sent.metadata, actor=actor, client=b"sealed")
    desk.executor().execute(replace(sent, metadata=metadata))

    (commit,) = desk.commits()
    assert (commit.actor, commit.on_behalf_of) == ("machine:robot::robot", ACTOR)
    assert commit.client == b"sealed"
