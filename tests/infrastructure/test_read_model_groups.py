"""Each projection has a rule, a queue, a dead-letter queue and a function that lead to its rows."""

from typing import Any

import pytest

from domain.contents import contents
from tests.support import template
from tests.support.template import projectors


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = template.written()[name]["Properties"]
    return found


def test_every_projection_has_a_function() -> None:
    assert projectors().keys() == contents.projection.keys()


@pytest.mark.parametrize("projection", contents.projection)
class TestGroup:
    @pytest.fixture
    def prefix(self, projection: str) -> str:
        return projectors()[projection].removesuffix("Projector")

    def test_hints_go_from_the_rule_through_the_queue_to_the_function(self, prefix: str) -> None:
        (target,) = properties(f"{prefix}Rule")["Targets"]
        source = properties(f"{prefix}Projector")["Events"]["Hints"]

        assert target["Arn"] == f"{prefix}Queue.Arn"
        assert source["Type"] == "SQS"
        assert source["Properties"]["Queue"] == f"{prefix}Queue.Arn"

    def test_what_is_given_up_lies_in_the_dead_letter_queue_which_alarms(self, prefix: str) -> None:
        (target,) = properties(f"{prefix}Rule")["Targets"]
        redrive = properties(f"{prefix}Queue")["RedrivePolicy"]
        (watched,) = properties(f"{prefix}DlqAlarm")["Dimensions"]

        assert target["DeadLetterConfig"]["Arn"] == f"{prefix}Dlq.Arn"
        assert redrive["deadLetterTargetArn"] == f"{prefix}Dlq.Arn"
        assert watched["Value"] == f"{prefix}Dlq.QueueName"

    def test_the_rule_alone_may_send(self, prefix: str) -> None:
        (statement,) = properties("HintPolicy")["PolicyDocument"]["Statement"]
        queues = {f"{prefix}Queue", f"{prefix}Dlq"}

        assert queues <= set(properties("HintPolicy")["Queues"])
        assert {f"{queue}.Arn" for queue in queues} <= set(statement["Resource"])
        assert f"{prefix}Rule.Arn" in statement["Condition"]["ArnEquals"]["aws:SourceArn"]

    @pytest.mark.feature("T13")
    def test_the_rule_takes_the_events_of_its_aggregate_and_replays_to_itself(
        self, projection: str, prefix: str
    ) -> None:
        kind = contents.projection[projection].aggregate_type.lower()

        assert properties(f"{prefix}Rule")["EventPattern"]["$or"] == [
            {"source": [f"skafu.{kind}"]},
            {
                "source": [f"skafu.replay.{kind}"],
                "detail": {"metadata": {"replayTo": [projection]}},
            },
        ]

    def test_the_function_may_write_the_rows_of_its_models_and_no_others(
        self, projection: str, prefix: str
    ) -> None:
        (policy,) = properties(f"{prefix}Projector")["Policies"]
        *_, rows = policy["Statement"]
        models = contents.projection[projection].written

        assert rows["Action"] == "appsync:GraphQL"
        assert {field.rpartition("/")[2] for field in rows["Resource"]} == {
            f"{verb}{model}" for model in models for verb in ("get", "create", "update")
        }

    @pytest.mark.feature("L10")
    def test_only_a_function_whose_rows_show_people_may_open_their_keys(
        self, projection: str, prefix: str
    ) -> None:
        (policy,) = properties(f"{prefix}Projector")["Policies"]
        actions = {str(statement.get("Action")) for statement in policy["Statement"]}
        keys = {"dynamodb:GetItem", "kms:Decrypt"}

        assert actions & keys == (keys if contents.projection[projection].personal else set())
