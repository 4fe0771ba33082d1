"""Logs and rates of the emulator, which stock MiniStack keeps settings of and nothing else."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from local import deploy, people
from local.aws import Aws
from tests.support import lab
from tests.support.api_client import eventually

pytestmark = pytest.mark.tools

FORMAT = '{"id":"$context.requestId","s":"$context.status","a":"$context.identity.sourceIp"}'
WHERE = {"X-Forwarded-For": "198.51.100.7"}
Template = dict[str, Any]


def api(rules: list[Template]) -> Template:
    """Return a template of an API with a log and a firewall, without a function."""
    mock = {"type": "mock", "requestTemplates": {"application/json": '{"statusCode":200}'}}
    mock |= {"responses": {"default": {"statusCode": "200"}}}
    operation = {"responses": {"200": {}}, "x-amazon-apigateway-integration": mock}
    body = {"swagger": "2.0", "info": {"title": "t"}, "paths": {"/x": {"get": operation}}}
    name, ref = lab.name("operators"), {"RestApiId": {"Ref": "Api"}}
    arn = "arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/${Stage}"
    access = {"DestinationArn": {"Fn::GetAtt": ["Log", "Arn"]}, "Format": FORMAT}
    stage = {"StageName": "s", "DeploymentId": {"Ref": "Deployment"}, "AccessLogSetting": access}
    limits = {"Name": name, "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "Rules": rules}
    bound = {"ResourceArn": {"Fn::Sub": arn}, "WebACLArn": {"Fn::GetAtt": ["Limits", "Arn"]}}
    return {
        "Resources": {
            "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name}},
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}},
            "Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": ref},
            "Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": {**ref, **stage}},
            "Limits": {"Type": "AWS::WAFv2::WebACL", "Properties": limits},
            "Bound": {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": bound},
        },
        "Outputs": {"ApiId": {"Value": {"Ref": "Api"}}, "Log": {"Value": name}},
    }


def rule(limit: int, by: Mapping[str, Any], priority: int = 0) -> Template:
    statement = {"RateBasedStatement": {"Limit": limit, "EvaluationWindowSec": 300, **by}}
    action = {"Action": {"Block": {}}, "Statement": statement}
    return {"Name": f"rule-{priority}", "Priority": priority, **action}


BY_ADDRESS = {"AggregateKeyType": "IP"}
BY_TOKEN = {
    "AggregateKeyType": "CUSTOM_KEYS",
    "CustomKeys": [{"Header": {"Name": "Authorization"}}],
}


def deployed(aws: Aws, template: Template) -> dict[str, str]:
    stack, cloudformation = lab.name("operators"), aws.client("cloudformation")
    cloudformation.create_stack(StackName=stack, TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=stack)
    return deploy.outputs_of(cloudformation, stack)


def status(aws: Aws, made: dict[str, str], **headers: str) -> int:
    url = f"{aws.endpoint}/_aws/execute-api/{made['ApiId']}/s/x"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(url, headers=named, timeout=60).status_code


def test_the_access_log_has_what_its_format_asks_for(ours: Aws) -> None:
    made = deployed(ours, api([]))
    assert status(ours, made, **WHERE) == 200
    found = ours.client("logs").filter_log_events(logGroupName=made["Log"])["events"]
    line = json.loads(found[-1]["message"])

    assert (line["s"], line["a"]) == ("200", WHERE["X-Forwarded-For"])
    assert len(line["id"]) == 36


def test_a_rate_counts_each_key_alone(ours: Aws) -> None:
    made = deployed(ours, api([rule(2, BY_TOKEN)]))
    statuses = [status(ours, made, authorization=who) for who in ("a", "a", "a", "b")]

    assert statuses == [200, 200, 403, 200]
    assert {status(ours, made) for _ in range(3)} == {200}  # without the key it is not counted


def test_a_new_token_for_each_request_meets_the_limit_of_the_address(ours: Aws) -> None:
    made = deployed(ours, api([rule(2, BY_TOKEN), rule(5, BY_ADDRESS, 1)]))
    statuses = [status(ours, made, authorization=f"token {n}", **WHERE) for n in range(8)]

    assert statuses == [200] * 5 + [403] * 3
    assert status(ours, made, authorization="token 9", X_Forwarded_For="198.51.100.8") == 200


@pytest.mark.parametrize("data", [False, True])
def test_a_workflow_logs_its_steps(data: bool, ours: Aws) -> None:
    """With its data if the settings say so: what stays out is left out, not unknown."""
    logs, machines, name = ours.client("logs"), ours.client("stepfunctions"), lab.name("flow")
    logs.create_log_group(logGroupName=name)
    arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{name}:*"
    machine = machines.create_state_machine(
        name=name,
        type="EXPRESS",
        roleArn="arn:aws:iam::000000000000:role/flow",
        definition=json.dumps({"StartAt": "Rest", "States": {"Rest": {"Type": "Succeed"}}}),
        loggingConfiguration={
            "level": "ALL",
            "includeExecutionData": data,
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}],
        },
    )["stateMachineArn"]
    machines.start_execution(stateMachineArn=machine, name="one", input='{"secret": "canary"}')

    def lines() -> str:
        events = logs.filter_log_events(logGroupName=name)["events"]
        return "\n".join(event["message"] for event in events)

    assert eventually(lambda: "ExecutionSucceeded" in lines())
    assert ":one" in lines()
    assert ("canary" in lines()) == data


def test_a_user_has_the_id_that_is_asked_for(ours: Aws, stock: Aws) -> None:
    def sub(aws: Aws) -> str:
        pool = people.ensure_pool(aws)
        people.seed(aws, pool)
        who = {"UserPoolId": pool.id, "Username": people.OWNER.email}
        return str(aws.client("cognito-idp").admin_get_user(**who)["Username"])

    assert sub(ours) == people.OWNER.sub
    assert sub(stock) != people.OWNER.sub
