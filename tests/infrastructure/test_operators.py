"""template.yaml: operators are told of alarms, and find the log of every part."""

import json
import re

import pytest
import yaml

from domain.contents import contents
from skafu.generate import monitoring
from skafu.generate.template import pascal
from tests.infrastructure.test_template import Resource, of_type, target
from tests.support import template
from tests.support.paths import DOCS, SRC

TOPIC = {"Fn::If": ["HasOwnTopic", {"Ref": "AlarmTopic"}, {"Ref": "AlarmTopicArn"}]}
# Variables of an access log that hold what a person sent, or where from.
PERSONAL = ("identity", "path", "authorizer", "requestOverride", "customDomain", "domainName")


def groups() -> dict[str, Resource]:
    return of_type("AWS::Logs::LogGroup")


def access_log() -> Resource:
    setting: Resource = of_type("AWS::ApiGateway::Stage")["ApiStage"]["AccessLogSetting"]
    return setting


@pytest.mark.feature("O5")
def test_every_alarm_reaches_the_topic() -> None:
    alarms = of_type("AWS::CloudWatch::Alarm")

    assert alarms
    assert [n for n, alarm in alarms.items() if alarm.get("AlarmActions") != [TOPIC]] == []


@pytest.mark.feature("O5")
def test_every_alarm_says_what_it_means() -> None:
    for alarm in of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmDescription"]


@pytest.mark.feature("O5")
def test_the_page_for_operators_says_what_to_do_about_each_alarm() -> None:
    page = (DOCS / "operations.md").read_text().split("## Alarms")[1].split("\n## ")[0]
    listed = re.findall(r"^### `([\w<>]+)`$", page, re.M)
    alarms = of_type("AWS::CloudWatch::Alarm")

    named = {GROUPED.get(name, name) for name in alarms}
    assert sorted(listed) == sorted(named | {*OF_SAGAS})


OF_SAGAS = ("<Saga>Alarm", "<Saga>TimeoutAlarm")
"""Those that each saga has, which a domain need not have."""
SAGAS = [pascal(saga.name) for saga in contents.sagas]
GROUPED = {
    f"{saga}{alarm.removeprefix('<Saga>')}": alarm for saga in SAGAS for alarm in OF_SAGAS
} | {
    f"{group['resources']}{kind}": f"<Group>{kind}"
    for group in yaml.safe_load((SRC / "projections/groups.yaml").read_text()).values()
    for kind in ("DlqAlarm", "WaitAlarm")
}
GROUPED |= {
    monitoring.alarm_name(metric.alarm, series): "".join(f"<{name}>" for name in series)
    + metric.alarm.name
    for metric, found in monitoring.every(contents)
    if metric.alarm
    for series in found
}


@pytest.mark.feature("O5")
def test_the_topic_is_encrypted_with_a_key_that_alarms_may_use() -> None:
    topic = of_type("AWS::SNS::Topic")["AlarmTopic"]
    policy = of_type("AWS::KMS::Key")["AlarmKey"]["KeyPolicy"]
    alarms = {"Service": "cloudwatch.amazonaws.com"}
    (granted,) = (s for s in policy["Statement"] if s["Principal"] == alarms)

    assert target(topic["KmsMasterKeyId"]) == "AlarmKey"
    assert granted["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


@pytest.mark.feature("O5")
def test_the_topic_and_the_address_that_is_told_are_parameters() -> None:
    mail = of_type("AWS::SNS::Subscription")["AlarmMail"]
    conditions = {name: template.written()[name].get("Condition") for name in OPTIONAL}

    assert (mail["TopicArn"], mail["Endpoint"]) == (TOPIC, {"Ref": "AlarmEmail"})
    assert conditions == OPTIONAL
    assert {template.parameters()[p]["Default"] for p in ("AlarmTopicArn", "AlarmEmail")} == {""}


OPTIONAL = {
    "AlarmKey": "HasOwnTopic",
    "AlarmTopic": "HasOwnTopic",
    "AlarmTopicPolicy": "HasOwnTopic",
    "AlarmMail": "HasAlarmEmail",
}


def test_every_function_writes_into_a_group_of_its_own() -> None:
    functions = of_type("AWS::Lambda::Function")
    written = {n: f.get("LoggingConfig", {}).get("LogGroup") for n, f in functions.items()}

    assert written == {name: {"Ref": f"{name}Logs"} for name in functions}
    assert {f"{name}Logs" for name in functions} <= groups().keys()


def test_every_workflow_and_every_api_writes_into_a_group_of_its_own() -> None:
    machines = of_type("AWS::StepFunctions::StateMachine")
    written = {
        name: target(destination["CloudWatchLogsLogGroup"]["LogGroupArn"])
        for name, machine in machines.items()
        for destination in machine["LoggingConfiguration"]["Destinations"]
    }
    apis = of_type("AWS::ApiGateway::RestApi").keys()

    assert written == {name: f"{name}Logs" for name in machines}
    assert [target(access_log()["DestinationArn"])] == [f"{name}Logs" for name in apis]


def test_no_log_is_kept_for_ever() -> None:
    assert groups()
    for group in groups().values():
        assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert template.parameters()["LogRetentionDays"]["Default"] == 30


@pytest.mark.feature("L10")
def test_the_access_log_holds_no_address_browser_path_or_query() -> None:
    variables = re.findall(r"\$context\.([\w.]+)", access_log()["Format"])

    assert {"requestId", "integration.requestId", "resourcePath", "status"} <= set(variables)
    assert [v for v in variables if v.split(".")[0] in PERSONAL] == []


def test_each_line_of_the_access_log_is_one_json_object() -> None:
    form = access_log()["Format"]

    assert "\n" not in form
    assert json.loads(form)["api_request_id"] == "$context.requestId"


@pytest.mark.feature("L10")
def test_the_workflow_logs_its_steps_and_not_what_they_work_on() -> None:
    for machine in of_type("AWS::StepFunctions::StateMachine").values():
        logging = machine["LoggingConfiguration"]
        assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)


@pytest.mark.feature("L10")
def test_one_parameter_turns_tracing_off_everywhere() -> None:
    functions = of_type("AWS::Lambda::Function").values()
    modes = [function["TracingConfig"]["Mode"] for function in functions]
    machines = of_type("AWS::StepFunctions::StateMachine").values()
    traced = [
        of_type("AWS::ApiGateway::Stage")["ApiStage"]["TracingEnabled"],
        *(machine["TracingConfiguration"]["Enabled"] for machine in machines),
    ]

    assert modes == [{"Fn::If": ["IsTraced", "Active", "PassThrough"]}] * len(functions)
    assert traced == [{"Fn::If": ["IsTraced", True, False]}] * (1 + len(machines))
    assert template.parameters()["Tracing"]["Default"] == "on"


def test_the_role_of_gateway_logs_can_be_left_to_another_stack_and_outlives_this_one() -> None:
    for name in ("GatewayLogRole", "GatewayAccount"):
        resource = template.transformed()[name]
        assert resource["Condition"] == "SetsGatewayLogRole"
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_the_stage_waits_until_the_gateway_may_write_logs() -> None:
    variables = of_type("AWS::ApiGateway::Stage")["ApiStage"]["Variables"]

    assert {"Ref": "GatewayAccount"} in variables["logsBy"]["Fn::If"]
