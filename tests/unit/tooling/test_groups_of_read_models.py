"""The groups of read models in template.yaml, generated from src/projections."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from domain.contents import contents
from kernel.projection import Projection
from kernel.reaction import Reaction
from local.template import CloudFormationLoader
from skafu.generate.pieces import GROUPS, MARKS
from skafu.generate.template import ROOT, Faults, pascal, text
from tests.support import template
from tests.support.kitchen.events import TeapotMade
from tests.support.kitchen.teapot import teapot

TEMPLATE = template.FILE.read_text()
NAMED = (ROOT / GROUPS).read_text()
TALLIES = "tallies: { resources: OwnerTally, description: 'Tallies: all' }\n"
(SOME, *_) = contents.projection.values()
SOME_LAG_ALARM = f"{pascal(SOME.name)}LagAlarm"


def with_one_more(**changes: Any) -> Mapping[str, Projection]:  # noqa: ANN401 - any field
    return {**contents.projection, "tallies": replace(SOME, name="tallies", **changes)}


def grown(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return the template with one group more, loaded."""
    made = text(TEMPLATE, NAMED + TALLIES, with_one_more(**changes))
    loaded: dict[str, Any] = yaml.load(made, CloudFormationLoader)
    return loaded


def test_a_group_is_its_resources_its_outputs_and_a_place_in_the_policy() -> None:
    before, after = yaml.load(TEMPLATE, CloudFormationLoader), grown()
    added = after["Resources"].keys() - before["Resources"].keys()
    policy = after["Resources"]["HintPolicy"]["Properties"]

    assert added == {f"OwnerTally{kind}" for kind in KINDS}
    assert after["Outputs"].keys() - before["Outputs"].keys() == {
        "OwnerTallyQueueUrl",
        "OwnerTallyDlqUrl",
    }
    assert {"Ref": "OwnerTallyDlq"} in policy["Queues"]
    assert {"Fn::GetAtt": ["OwnerTallyRule", "Arn"]} in policy["PolicyDocument"]["Statement"][0][
        "Condition"
    ]["ArnEquals"]["aws:SourceArn"]


KINDS = ("Rule", "Queue", "Dlq", "DlqAlarm", "WaitAlarm", "Projector", "ProjectorLogs")


def test_nothing_else_changes() -> None:
    before, after = yaml.load(TEMPLATE, CloudFormationLoader), grown()
    kept = {name: after["Resources"][name] for name in before["Resources"]}
    del kept["HintPolicy"], before["Resources"]["HintPolicy"]

    assert kept == before["Resources"]


def test_names_and_description_are_those_of_the_group() -> None:
    function = grown()["Resources"]["OwnerTallyProjector"]["Properties"]

    assert function["FunctionName"] == {"Fn::Sub": "skafu-owner-tally-projector-${Environment}"}
    assert function["Description"] == "Tallies: all"
    assert function["Environment"]["Variables"] == {"PROJECTION": "tallies"}


def test_the_rule_matches_what_touches_rows() -> None:
    classes = tuple(SOME.events.classes.values())
    rule = grown(relevant=classes)["Resources"]["OwnerTallyRule"]["Properties"]

    assert rule["EventPattern"]["detail-type"] == [event.__name__ for event in classes]


def test_the_rule_of_a_projection_that_every_event_touches_names_none() -> None:
    teapot = replace(SOME.aggregate, aggregate_type="TEAPOT")
    rule = grown(relevant=None, aggregate=teapot)["Resources"]["OwnerTallyRule"]

    assert rule["Properties"]["EventPattern"].keys() == {"$or"}


@pytest.mark.feature("K9")
@pytest.mark.parametrize(("said", "milliseconds"), [("", 60_000), ("maxLag: 7", 7_000)])
def test_alarms_tell_when_a_projection_lags_more_than_its_group_allows(
    said: str, milliseconds: int
) -> None:
    """Without a word of the group it is a minute."""
    group = yaml.safe_load(f"resources: Some\ndescription: Some rows.\n{said}")
    groups = yaml.safe_dump(yaml.safe_load(NAMED) | {SOME.name: group})
    made = yaml.load(text(TEMPLATE, groups), CloudFormationLoader)
    alarm = made["Resources"][SOME_LAG_ALARM]["Properties"]

    assert alarm["Dimensions"] == [{"Name": "Projection", "Value": SOME.name}]
    assert alarm["Threshold"] == milliseconds
    waiting = made["Resources"]["SomeWaitAlarm"]["Properties"]
    assert waiting["Threshold"] * 1000 == milliseconds
    assert waiting["Dimensions"][0]["Value"] == {"Fn::GetAtt": ["SomeQueue", "QueueName"]}


def test_every_model_is_read_created_and_updated() -> None:
    models = tuple(contents.read_models.rows)
    function = grown(models=models)["Resources"]["OwnerTallyProjector"]["Properties"]
    *_, rows = function["Policies"][0]["Statement"]

    assert [resource["Fn::Sub"].rpartition("/")[2] for resource in rows["Resource"]] == [
        *(f"get{model}" for model in models),
        *(f"{verb}{model}" for model in models for verb in ("create", "update")),
    ]


def test_no_line_is_longer_than_a_line_of_code() -> None:
    made = text(
        TEMPLATE, NAMED + TALLIES, with_one_more(relevant=tuple(SOME.events.classes.values()))
    )
    (begin, end), before = MARKS["resources"], max(map(len, TEMPLATE.splitlines()))
    part = made.partition(begin)[2].partition(end)[0]

    assert max(map(len, part.splitlines())) <= min(100, before)


@pytest.mark.parametrize(
    ("translations", "source", "types"),
    [
        ([], [""], [""]),
        ([("shop.stock", "sold-out")], ["shop.stock"], ["sold-out"]),
        ([("a", "left"), ("a", "right")], ["a"], ["left", "right"]),
    ],
)
def test_the_rule_of_other_domains_matches_what_is_translated(
    translations: list[tuple[str, str]], source: list[str], types: list[str]
) -> None:
    made = yaml.load(text(TEMPLATE, NAMED, translations=translations), CloudFormationLoader)
    pattern = made["Resources"]["IntegrationRule"]["Properties"]["EventPattern"]

    assert (pattern["source"], pattern["detail-type"]) == (source, types)


INSPECTION = Reaction(teapot, TeapotMade, "inspector", lambda *_: None, lambda *_: None)


@pytest.mark.parametrize(
    ("reactions", "source", "types"),
    [([], [""], [""]), ([INSPECTION], ["skafu.teapot"], ["TeapotMade"])],
    ids=["none", "one"],
)
def test_the_rule_of_reactions_matches_what_is_answered(
    reactions: list[Reaction], source: list[str], types: list[str]
) -> None:
    made = yaml.load(text(TEMPLATE, NAMED, reactions=reactions), CloudFormationLoader)
    pattern = made["Resources"]["ReactionRule"]["Properties"]["EventPattern"]

    assert (pattern["source"], pattern["detail-type"]) == (source, types)
    assert pattern["replay-name"] == [{"exists": False}]


FAULTS = {
    "a projection without a group": (NAMED, {}, "the projection tallies has no group"),
    "a group without a projection": (
        NAMED + TALLIES + TALLIES.replace("tallies", "talleys"),
        {},
        "there is no projection talleys",
    ),
    "a model that is not in the schema": (
        NAMED + TALLIES,
        {"models": ("Tally",)},
        "amplify/data/schema.ts: no model Tally, of which the projection tallies makes rows",
    ),
    "a group without a description": (
        NAMED + "tallies: { resources: OwnerTally }\n",
        {},
        "tallies: needs `resources`",
    ),
    "a word that means nothing": (
        NAMED + TALLIES.replace("}", ", timeout: 3 }"),
        {},
        "tallies: needs `resources`",
    ),
    "no time at all": (
        NAMED + TALLIES.replace("}", ", maxLag: 0 }"),
        {},
        "tallies: needs `resources`",
    ),
    "a time that is no number": (
        NAMED + TALLIES.replace("}", ", maxLag: 1m }"),
        {},
        "may have `maxLag`, 1 to 86400 seconds",
    ),
    "a name that is none": (
        NAMED + TALLIES.replace("OwnerTally", "owner-tally"),
        {},
        "tallies: needs `resources`",
    ),
    "no YAML": (NAMED + "tallies: {", {}, "src/projections/groups.yaml: "),
    "nothing": ("", {}, "needs `resources`"),
}


@pytest.mark.parametrize(("groups", "changes", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_in_one_line(groups: str, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Faults) as raised:
        text(TEMPLATE, groups, with_one_more(**changes))

    (line,) = str(raised.value).splitlines()
    assert said in line


def test_a_mark_that_is_missing_is_named() -> None:
    begin, end = MARKS["outputs"]
    with pytest.raises(Faults) as raised:
        text(TEMPLATE.replace(end, ""), NAMED)

    assert end.strip() in str(raised.value)
    assert begin.strip() not in str(raised.value)


def test_a_domain_without_sagas_has_no_state_machine_for_them() -> None:
    made = text(TEMPLATE, NAMED, sagas=())

    assert "SAGA_MACHINES: '{}'" in made
    machines = re.findall(r"DefinitionUri: statemachines/(\S+)", made)
    assert machines == ["command.asl.yaml", "store_job.asl.yaml"]
    assert "states:SendTaskSuccess" not in made
