"""template.yaml as CloudFormation gets it: rights, dead letters, protection, browsers' needs."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema

from adapters.dynamodb import saga_table, tickets
from application.metric_rows import RESERVE
from application.sagas.ports import Waiting
from application.sagas.tasks import RunKey
from application.writing.deferral import Ticket
from domain.contents import contents
from edge.deliveries.reconciliation import MARGIN
from edge.http import api
from edge.http.paths import methods
from local.template import functions, load
from skafu.generate.pieces import GROUPS
from skafu.generate.read_models import amplify_schema
from skafu.generate.template import read
from tests.support import template
from tests.support.commits import STREAM
from tests.support.paths import ROOT

Resource = dict[str, Any]

# The statements that name no resource: AWS defines their actions for none, as a log delivery has no
# name before it is made, and a series of a metric never has one.
LOG_DELIVERIES = "DeliverLogs"
MENDERS = ("ReconcilerRole", "StoreJobWorkerRole")
FIGURES = "MetricWriterRole: ReadFigures"
# What may be done to history: append and read.
APPEND_AND_READ = {f"dynamodb:{name}" for name in ("PutItem", "GetItem", "BatchGetItem", "Query")}
MAX_FUNCTION_POLICY = 20_480  # bytes, Lambda's quota for a function's resource policy
MAX_ROLE_POLICIES = 10_240  # characters, IAM's quota for a role's inline policies
NAMES = ("TableName", "QueueName", "FunctionName", "Name")
MACHINES = "/integration/commands"
DOCS = "/docs"
GATEWAY_TIMEOUT = 29  # seconds, API Gateway's default

# Settings of the account's region: without names, and once made, others may depend on them.
SHARED = {"GatewayAccount", "GatewayLogRole"}
# On once the stack is there (`make deploy`), so that a creation that fails can be rolled back.
PROTECTED = {"Fn::If": ["IsProtected", True, False]}


def of_type(name: str) -> dict[str, Resource]:
    return {
        logical_id: resource["Properties"] | {"": resource}
        for logical_id, resource in template.transformed().items()
        if resource["Type"] == name
    }


def outlives_its_stack(resource: Mapping[str, Any]) -> bool:
    """Tell if a resource is kept by everything but the rollback of its own creation."""
    return (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")) == (
        "RetainExceptOnCreate",
        "Retain",
    )


def many(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements() -> Iterator[tuple[str, Resource]]:
    """Every statement that grants something to a role, with the role's logical id."""
    for role, properties in of_type("AWS::IAM::Role").items():
        for policy in properties.get("Policies", []):
            yield from ((role, s) for s in many(policy["PolicyDocument"]["Statement"]))


def target(reference: object) -> str:
    """The logical id in `!GetAtt X.Arn`, `!Ref X` or `!Sub ${X.Arn}/*`; else the value itself."""
    match reference:
        case {"Fn::GetAtt": [str(name), *_]} | {"Ref": str(name)}:
            return name
        case {"Fn::Sub": str(text)} if found := re.search(r"\$\{(\w+)(\.(Arn|Name))?\}", text):
            return found[1]
        case _:
            return json.dumps(reference)


def actions_on(resource: str) -> set[str]:
    return {
        action
        for _, statement in statements()
        if resource in map(target, many(statement["Resource"]))
        for action in many(statement["Action"])
    }


def queues_with_letters_nobody_reads() -> set[str]:
    """Dead-letter queues, and the list of failures: what is in them waits for a person."""
    redriven = {
        target(queue["RedrivePolicy"]["deadLetterTargetArn"])
        for queue in of_type("AWS::SQS::Queue").values()
        if "RedrivePolicy" in queue
    }
    return redriven | {target(t["DeadLetterConfig"]["Arn"]) for t in rule_targets()}


def rule_targets() -> list[Resource]:
    return [t for rule in of_type("AWS::Events::Rule").values() for t in rule["Targets"]]


def mappings(source_type: str) -> dict[str, Resource]:
    resources = template.transformed()
    return {
        name: mapping
        for name, mapping in of_type("AWS::Lambda::EventSourceMapping").items()
        if resources[target(mapping["EventSourceArn"])]["Type"] == source_type
    }


def gateway_responses() -> dict[str, Resource]:
    body = of_type("AWS::ApiGateway::RestApi")["Api"]["Body"]
    responses: dict[str, Resource] = body["x-amazon-apigateway-gateway-responses"]
    return responses


def default_of(parameter: str) -> int:
    return int(template.parameters()[parameter]["Default"])


def number(value: object) -> int:
    """A number, or the default of the parameter that stands for it."""
    return default_of(target(value)) if isinstance(value, dict) else int(str(value))


def test_sam_validates_and_lints_the_template() -> None:
    command: list[str | Path] = [template.SAM, "validate", "--lint", "--template", template.FILE]
    done = subprocess.run(
        command, capture_output=True, text=True, env={"AWS_DEFAULT_REGION": "us-east-1"}
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_action_is_granted_by_a_wildcard() -> None:
    assert [s for _, s in statements() if any("*" in action for action in many(s["Action"]))] == []


def test_no_action_is_granted_by_a_wildcard_in_a_policy_of_a_resource() -> None:
    """Yield the actions of keys, queues, buckets: every `Action` in the template."""
    granted = [action for named in actions_in(template.transformed()) for action in many(named)]

    assert "kms:Decrypt" in granted
    assert [action for action in granted if "*" in str(action)] == []


def actions_in(part: object) -> Iterator[Any]:
    match part:
        case dict():
            if "Action" in part and "Effect" in part:
                yield part["Action"]
            yield from chain.from_iterable(map(actions_in, part.values()))
        case list():
            yield from chain.from_iterable(map(actions_in, part))


def test_a_statement_without_a_named_resource_has_a_reason() -> None:
    found = {f"{role}: {s.get('Sid')}" for role, s in statements() if "*" in many(s["Resource"])}
    machines = of_type("AWS::StepFunctions::StateMachine")

    assert found == {FIGURES, *(f"{machine}Role: {LOG_DELIVERIES}" for machine in machines)}


@pytest.mark.feature("E16")
def test_history_is_appended_and_read_and_nothing_else() -> None:
    assert actions_on("EventsTable")
    assert actions_on("EventsTable") <= APPEND_AND_READ | {"dynamodb:Scan"}


@pytest.mark.feature("W12")
def test_only_what_mends_all_rows_may_scan_history_and_it_appends_nothing() -> None:
    assert on_history("dynamodb:Scan") == {
        role: ["dynamodb:Scan", "dynamodb:Query"] for role in MENDERS
    }


@pytest.mark.feature("E25")
def test_only_those_who_read_the_feed_may_read_many_commits_by_their_keys() -> None:
    assert on_history("dynamodb:BatchGetItem") == {
        "QueryApiRole": ["dynamodb:Query", "dynamodb:BatchGetItem"]
    }


def on_history(action: str) -> dict[str, list[str]]:
    """Return the roles that may do this, each with all that it may do on the events table."""
    return {
        role: many(s["Action"])
        for role, s in statements()
        if action in many(s["Action"]) and "EventsTable" in map(target, many(s["Resource"]))
    }


@pytest.mark.feature("W12", "T5")
@pytest.mark.parametrize("mender", MENDERS)
def test_what_mends_may_write_the_rows_of_every_projection_and_list_them(mender: str) -> None:
    fields = {
        found[1]
        for role, s in statements()
        for resource in many(s["Resource"])
        if role == mender and (found := re.search(r"/fields/(\w+)", json.dumps(resource)))
    }
    models = [model for projection in contents.projections for model in projection.written]
    written = {f"{verb}{model}" for verb in ("get", "create", "update") for model in models}
    sums = sum(projection.summary is not None for projection in contents.projections)
    unlisted = 0 if mender == "ReconcilerRole" else sums  # finished ones name no stream

    assert fields >= written
    assert len(fields - written) == len(models) - unlisted
    assert all(field.startswith("list") for field in fields - written)


@pytest.mark.feature("W12")
def test_the_reconciler_has_a_schedule_that_can_be_switched_off() -> None:
    (schedule,) = (
        one
        for one in of_type("AWS::Scheduler::Schedule").values()
        if target(one["Target"]["Arn"]) == "Reconciler"
    )
    function = of_type("AWS::Lambda::Function")["Reconciler"]
    allowed = template.parameters()["ReconcilerSchedule"]["AllowedPattern"]

    assert schedule[""]["Condition"] == "Reconciles"
    assert schedule["ScheduleExpression"] == {"Ref": "ReconcilerSchedule"}
    for value in ("off", "rate(1 day)", "cron(0 3 * * ? *)"):
        assert re.fullmatch(allowed, value)
    assert not re.fullmatch(allowed, "on")
    assert function["Timeout"] > 2 * MARGIN
    assert function["EphemeralStorage"]["Size"] > 512


@pytest.mark.feature("R6")
def test_figures_become_rows_on_a_schedule_that_can_be_switched_off() -> None:
    schedule = template.transformed()["MetricSchedule"]
    role = target(schedule["Properties"]["Target"]["RoleArn"])
    granted = [(s["Action"], target(s["Resource"])) for name, s in statements() if name == role]

    assert schedule["Condition"] == "WritesMetricRows"
    assert schedule["Properties"]["ScheduleExpression"] == {"Fn::Sub": "rate(${MetricRows})"}
    assert target(schedule["Properties"]["Target"]["Arn"]) == "MetricWriter"
    assert granted == [("lambda:InvokeFunction", "MetricWriter")]


@pytest.mark.feature("R6")
def test_a_run_of_the_writer_of_metric_rows_ends_before_the_next_begins() -> None:
    writer = of_type("AWS::Lambda::Function")["MetricWriter"]

    assert RESERVE < writer["Timeout"] < 60


def test_only_commands_append() -> None:
    writers = {
        role
        for role, s in statements()
        if "dynamodb:PutItem" in many(s["Action"])
        and "EventsTable" in map(target, many(s["Resource"]))
    }

    assert writers == {
        "CommandApiRole",
        "CommandWorkerRole",
        "IntegrationConsumerRole",
        "ReactorRole",
        "SagaStepRole",
    }


@pytest.mark.feature("E1", "E3")
def test_the_events_table_is_keyed_by_aggregate_and_sequence_and_streams_both_images() -> None:
    table = of_type("AWS::DynamoDB::Table")["EventsTable"]
    keys = [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]]

    assert keys == [("aggregateId", "HASH"), ("eventSequence", "RANGE")]
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"


@pytest.mark.feature("E22")
def test_events_are_kept_for_ever() -> None:
    """Seed 001: preserved forever. Nothing makes an item of the events table expire."""
    table = of_type("AWS::DynamoDB::Table")["EventsTable"]

    assert "TimeToLiveSpecification" not in table
    assert outlives_its_stack(table[""])


@pytest.mark.feature("E20", "E21")
def test_the_events_table_outlives_its_stack_and_its_operators() -> None:
    table = of_type("AWS::DynamoDB::Table")["EventsTable"]

    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["DeletionProtectionEnabled"] == PROTECTED
    assert table["SSESpecification"]["SSEEnabled"] is True
    assert outlives_its_stack(table[""])


TICKET = Ticket("a-key", "an-id", "ada-sub", "mark", 1_900_000_000)
RUN = RunKey("tea", "1", 1, "event-1", 3)
WAITING = Waiting(STREAM, RUN, "STEEP", "2026-01-01T12:00:00.000Z", "a token")


@pytest.mark.feature("L12")
@pytest.mark.parametrize(
    ("table", "item"),
    [
        ("CommandsTable", tickets.to_item(TICKET)),
        ("SagaTable", saga_table.to_item(WAITING)),
    ],
    ids=["tickets", "steps"],
)
def test_tickets_and_steps_that_wait_expire(table: str, item: Mapping[str, Any]) -> None:
    expiry = of_type("AWS::DynamoDB::Table")[table]["TimeToLiveSpecification"]

    assert expiry["Enabled"] is True
    assert item[expiry["AttributeName"]]["N"].isdigit()


SHARED = {"GatewayLogRole", "GatewayAccount"}
"""A setting of the account and what it names: they stay even then, as other APIs log with them."""


@pytest.mark.feature("E20", "M1")
def test_a_first_deployment_that_fails_leaves_nothing_that_blocks_the_next_one() -> None:
    """A name that is taken by a leftover is refused as "already exists"."""
    resources = template.transformed()
    kept = {name for name, resource in resources.items() if "DeletionPolicy" in resource}
    named = {n for n in kept if {*NAMES} & resources[n].get("Properties", {}).keys()}
    protected = {
        name: resource["Properties"]["DeletionProtectionEnabled"]
        for name, resource in resources.items()
        if "DeletionProtectionEnabled" in resource.get("Properties", {})
    }

    assert {"EventsTable", "ClaimsTable", "KeyTable", "FeedTable"} <= named
    assert [n for n in kept - SHARED if not outlives_its_stack(resources[n])] == []
    assert named & SHARED == set()
    assert protected == dict.fromkeys(named, PROTECTED)
    assert template.parameters()["DeletionProtection"]["Default"] == "off"


def test_buckets_are_private_and_encrypted() -> None:
    for bucket in of_type("AWS::S3::Bucket").values():
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert bucket["BucketEncryption"]


def test_queues_are_encrypted() -> None:
    assert all(queue["SqsManagedSseEnabled"] for queue in of_type("AWS::SQS::Queue").values())


@pytest.mark.feature("P9")
def test_what_the_stream_cannot_deliver_is_kept() -> None:
    streams = mappings("AWS::DynamoDB::Table")

    assert streams
    for mapping in streams.values():
        kept = target(mapping["DestinationConfig"]["OnFailure"]["Destination"])
        assert template.transformed()[kept]["Type"] == "AWS::S3::Bucket"  # keeps the records


@pytest.mark.feature("P9", "O5")
def test_every_queue_that_feeds_a_function_has_a_dead_letter_queue() -> None:
    sources = mappings("AWS::SQS::Queue").values()

    assert sources
    for mapping in sources:
        queue = of_type("AWS::SQS::Queue")[target(mapping["EventSourceArn"])]
        assert queue["RedrivePolicy"]["maxReceiveCount"] == 10


@pytest.mark.feature("P9", "O5")
def test_every_rule_leads_to_a_queue_and_has_a_dead_letter_queue() -> None:
    queues = of_type("AWS::SQS::Queue")

    assert rule_targets()
    for rule_target in rule_targets():
        assert target(rule_target["Arn"]) in queues
        assert target(rule_target["DeadLetterConfig"]["Arn"]) in queues


def test_nothing_is_invoked_in_a_way_that_could_lose_an_event() -> None:
    """Only the gateway may invoke a function; all else comes through a mapping."""
    invokers = {p["Principal"] for p in of_type("AWS::Lambda::Permission").values()}

    assert invokers == {"apigateway.amazonaws.com"}


@pytest.mark.feature("S1", "I8")
@pytest.mark.parametrize("function", ["SagaEvents", "Reactor"])
def test_a_message_that_takes_too_long_takes_no_other_with_it(function: str) -> None:
    mapping = template.written()[function]["Properties"]["Events"]["Events"]["Properties"]

    assert mapping["BatchSize"] == 1


@pytest.mark.feature("P10")
def test_each_group_of_read_models_has_a_queue_and_a_function_of_its_own() -> None:
    pairs = [
        (target(m["EventSourceArn"]), target(m["FunctionName"]))
        for m in mappings("AWS::SQS::Queue").values()
    ]

    assert len({queue for queue, _ in pairs}) == len({name for _, name in pairs}) == len(pairs)


def test_a_throttled_projector_does_not_make_poison_of_hints() -> None:
    for mapping in mappings("AWS::SQS::Queue").values():
        queue = of_type("AWS::SQS::Queue")[target(mapping["EventSourceArn"])]
        function = of_type("AWS::Lambda::Function")[target(mapping["FunctionName"])]
        assert number(mapping["ScalingConfig"]["MaximumConcurrency"]) >= 2  # the least AWS takes
        assert number(queue["VisibilityTimeout"]) >= 6 * number(function["Timeout"])


def test_one_bad_record_holds_no_other() -> None:
    for mapping in of_type("AWS::Lambda::EventSourceMapping").values():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.feature("O5")
def test_somebody_is_told_of_every_dead_letter() -> None:
    alarmed = {
        target(dimension["Value"])
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "QueueName"
    }

    assert alarmed >= queues_with_letters_nobody_reads() | {"FailureQueue"}


@pytest.mark.feature("E16", "O5")
def test_somebody_is_told_when_a_commit_is_changed_or_removed() -> None:
    """Every record of the stream reaches the publisher, which reports these as critical."""
    mapping = of_type("AWS::Lambda::EventSourceMapping")["PublisherCommits"]
    assert "FilterCriteria" not in mapping
    rule = of_type("AWS::Events::Rule")["CriticalRule"]
    assert rule["EventPattern"]["detail"] == {"severity": ["CRITICAL"]}
    alarm = of_type("AWS::CloudWatch::Alarm")["CriticalAlarm"]
    assert alarm["Dimensions"][0]["Value"] == {"Fn::GetAtt": ["CriticalQueue", "QueueName"]}


@pytest.mark.feature("O6")
def test_every_dead_letter_queue_and_its_source_are_outputs_that_skafu_dlq_goes_by() -> None:
    for queue in queues_with_letters_nobody_reads():
        source = queue.removesuffix("Dlq") + "Queue"
        assert template.outputs()[f"{queue}Url"] == queue
        assert template.outputs()[f"{source}Url"] == source


@pytest.mark.feature("O4")
def test_spans_go_to_x_ray_where_a_layer_is_named() -> None:
    """Without one the wrapper is not set either: with a missing wrapper no function starts."""
    nothing = {"Ref": "AWS::NoValue"}

    def where_named(value: object) -> dict[str, object]:
        return {"Fn::If": ["HasTracingLayer", value, nothing]}

    functions = of_type("AWS::Lambda::Function").values()
    assert functions
    for function in functions:
        variables = function["Environment"]["Variables"]
        assert function["Layers"] == [where_named({"Ref": "TracingLayer"})]
        assert variables["AWS_LAMBDA_EXEC_WRAPPER"] == where_named("/opt/otel-instrument")
        assert variables["OTEL_AWS_APPLICATION_SIGNALS_ENABLED"] == "false"
    assert template.parameters()["TracingLayer"]["Default"] == ""


@pytest.mark.feature("O5")
def test_somebody_is_told_when_the_stream_gives_commits_up() -> None:
    for name, mapping in mappings("AWS::DynamoDB::Table").items():
        assert mapping["MetricsConfig"] == {"Metrics": ["EventCount"]}
        assert any(
            alarm["MetricName"] == "OnFailureDestinationDeliveredEventCount"
            and target(alarm["Dimensions"][0]["Value"]) == name
            for alarm in of_type("AWS::CloudWatch::Alarm").values()
        )


def test_somebody_is_told_when_the_stream_is_read_too_slowly() -> None:
    ages = [
        alarm
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "IteratorAge"
    ]

    readers = {target(m["FunctionName"]) for m in mappings("AWS::DynamoDB::Table").values()}
    assert {target(age["Dimensions"][0]["Value"]) for age in ages} == readers
    assert len(readers) <= 2  # of one shard, says AWS
    for age in ages:
        assert age["Threshold"] <= 3_600_000  # ms, of the 24 hours that a stream keeps


def test_resource_policies_of_functions_stay_under_their_quota() -> None:
    sizes: dict[str, int] = {}
    for name, permission in of_type("AWS::Lambda::Permission").items():
        function = target(permission["FunctionName"])
        # What CloudFormation fills in is longer than the references: ids, region, account.
        sizes[function] = sizes.get(function, 0) + len(json.dumps(permission)) + 3 * len(name)

    assert max(sizes.values()) < MAX_FUNCTION_POLICY


def test_inline_policies_of_roles_stay_under_their_quota() -> None:
    for role in of_type("AWS::IAM::Role").values():
        assert len(json.dumps(role.get("Policies", []))) < MAX_ROLE_POLICIES


@pytest.mark.feature("R2")
def test_projectors_may_call_only_fields_that_amplify_has() -> None:
    schema = amplify_schema()
    granted = {
        (found[1], found[2])
        for _, statement in statements()
        for resource in many(statement["Resource"])
        if (found := re.search(r"/types/(\w+)/fields/(\w+)", json.dumps(resource)))
    }

    assert granted
    assert [field for field in granted if not exists(schema, *field)] == []


def exists(schema: GraphQLSchema, parent: str, field: str) -> bool:
    found = schema.get_type(parent)
    return found is not None and field in getattr(found, "fields", {})


@pytest.mark.feature("L7")
def test_every_method_but_the_preflight_needs_a_token() -> None:
    paths = of_type("AWS::ApiGateway::RestApi")["Api"]["Body"]["paths"]
    people = [path for name, path in paths.items() if name not in (MACHINES, DOCS)]
    methods = {name: method for path in people for name, method in path.items()}

    assert methods.keys() == {"x-amazon-apigateway-any-method", "get", "head", "options"}
    assert "security" not in methods.pop("options")
    assert all(method["security"] == [{"People": []}] for method in methods.values())


@pytest.mark.feature("C27")
def test_what_needs_no_token_is_granted_nothing() -> None:
    docs = of_type("AWS::ApiGateway::RestApi")["Api"]["Body"]["paths"][DOCS]
    granted = [s for role, s in statements() if role == "ApiDocsRole"]

    assert docs["get"]["security"] == [{"NONE": []}]
    assert granted == []


@pytest.mark.feature("I1")
def test_machines_sign_with_iam_and_have_a_path_of_their_own() -> None:
    machines = of_type("AWS::ApiGateway::RestApi")["Api"]["Body"]["paths"][MACHINES]
    (statement,) = of_type("AWS::IAM::ManagedPolicy")["MachinePolicy"]["PolicyDocument"][
        "Statement"
    ]

    assert machines.keys() == {"post", "options"}
    assert machines["post"]["security"] == [{"AWS_IAM": []}]
    # The function is called as the gateway, not as the machine.
    assert "credentials" not in machines["post"]["x-amazon-apigateway-integration"]
    assert statement["Action"] == "execute-api:Invoke"
    assert statement["Resource"]["Fn::Sub"].endswith(f"/POST{MACHINES}")


@pytest.mark.feature("C12")
def test_the_stage_is_throttled() -> None:
    settings = of_type("AWS::ApiGateway::Stage")["ApiStage"]["MethodSettings"]

    assert settings[0]["ResourcePath"] == "/*"
    assert 0 < settings[0]["ThrottlingRateLimit"] <= settings[0]["ThrottlingBurstLimit"]


@pytest.mark.feature("C12")
def test_a_caller_has_a_limit_of_its_own() -> None:
    rules = of_type("AWS::WAFv2::WebACL")["CallerLimits"]["Rules"]
    by_token, without_token, by_address = (
        rule["Statement"]["RateBasedStatement"] for rule in rules
    )
    association = of_type("AWS::WAFv2::WebACLAssociation")["CallerLimitsOfApi"]

    assert all(rule["Action"] == {"Block": {}} for rule in rules)
    assert [key["Header"]["Name"] for key in by_token["CustomKeys"]] == ["authorization"]
    assert without_token["AggregateKeyType"] == "IP"
    assert "NotStatement" in without_token["ScopeDownStatement"]
    assert by_token["Limit"] == without_token["Limit"] == {"Ref": "RequestsPerCaller"}
    # Whoever makes up a token for each request has an address.
    assert by_address["AggregateKeyType"] == "IP"
    assert "ScopeDownStatement" not in by_address
    assert by_address["Limit"] == {"Ref": "RequestsPerAddress"}
    assert default_of("RequestsPerAddress") == 10 * default_of("RequestsPerCaller")
    assert target(association["WebACLArn"]) == "CallerLimits"
    # The gateway answers what the firewall blocks: only so it is a problem that a page may read.
    assert int(gateway_responses()["WAF_FILTERED"]["statusCode"]) == 429
    assert "Retry-After" in str(gateway_responses()["WAF_FILTERED"]["responseParameters"])


@pytest.mark.feature("C12")
def test_the_firewall_can_be_left_out() -> None:
    firewall = {
        name: resource.get("Condition")
        for name, resource in template.written().items()
        if resource["Type"].startswith("AWS::WAFv2::")
    }

    assert set(firewall.values()) == {"HasFirewall"}


@pytest.mark.parametrize(
    "kind", ["DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "THROTTLED", "WAF_FILTERED"]
)
def test_a_browser_can_read_the_gateways_own_errors(kind: str) -> None:
    headers = gateway_responses()[kind]["responseParameters"]

    assert "gatewayresponse.header.Access-Control-Allow-Origin" in headers
    assert "ETag" in headers["gatewayresponse.header.Access-Control-Expose-Headers"]


def test_a_browser_may_send_and_read_the_same_headers_everywhere() -> None:
    """The gateway answers preflights and its own errors; the functions answer the rest."""
    cors = template.written()["Api"]["Properties"]["Cors"]
    exposed = {
        response["responseParameters"]["gatewayresponse.header.Access-Control-Expose-Headers"]
        for response in gateway_responses().values()
    }

    taken = {method for found in methods(contents).values() for method in found}
    assert set(cors["AllowMethods"].strip("'").split(",")) >= taken | {"OPTIONS"}
    assert cors["AllowHeaders"] == f"'{','.join([*api.ALLOWED, api.CORRELATION_ID])}'"
    assert exposed == {f"'{','.join(api.EXPOSED)}'"}


def test_the_gateways_own_errors_are_problems() -> None:
    for name, response in gateway_responses().items():
        for body in response["responseTemplates"].values():
            assert "https://skafu.dev/problems/" in body
            # A default stands for many statuses; the gateway renders none (RFC 9457 allows it).
            assert ('"status":' in body) != name.startswith("DEFAULT_")
            assert "$context.status" not in body


def test_functions_behind_the_gateway_answer_before_it_gives_up() -> None:
    functions = of_type("AWS::Lambda::Function")
    behind = {target(p["FunctionName"]) for p in of_type("AWS::Lambda::Permission").values()}

    assert behind == {"CommandApi", "QueryApi", "ApiDocs"}
    assert all(number(functions[name]["Timeout"]) < GATEWAY_TIMEOUT for name in behind)


@pytest.mark.feature("O9")
def test_every_name_carries_the_environment() -> None:
    names = {
        f"{logical_id}.{key}": resource["Properties"][key]
        for logical_id, resource in template.written().items()
        for key in NAMES
        if key in resource["Properties"]
    }

    assert names
    assert {key: name for key, name in names.items() if "${Environment}" not in name} == {}


@pytest.mark.feature("L10", "W11")
def test_a_key_that_was_destroyed_is_in_no_copy_of_the_key_table() -> None:
    table = of_type("AWS::DynamoDB::Table")["KeyTable"]

    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}
    assert "StreamSpecification" not in table


@pytest.mark.feature("L10", "W11")
@pytest.mark.parametrize("resource", ["KeyTable", "SealingKey"])
def test_what_is_sealed_outlives_its_stack(resource: str) -> None:
    kept = template.transformed()[resource]

    assert outlives_its_stack(kept)


@pytest.mark.feature("L10", "W11")
def test_functions_find_and_make_keys_and_no_function_destroys_or_lists_them() -> None:
    assert actions_on("KeyTable") == {"dynamodb:GetItem", "dynamodb:PutItem"}
    assert actions_on("SealingKey") == {"kms:Decrypt", "kms:GenerateDataKey"}


@pytest.mark.feature("L10", "W11")
def test_what_publishes_and_projects_opens_nothing() -> None:
    """Apart from projectors whose rows show what is personal."""
    opening = {role for role, s in statements() if "kms:Decrypt" in many(s["Action"])}
    named = read((ROOT / GROUPS).read_text())
    showing = {
        f"{named[p.name].resources}ProjectorRole" for p in contents.projections if p.personal
    }

    whole = {*MENDERS} if showing else set()
    apis = {"CommandApiRole", "CommandWorkerRole", "QueryApiRole"}
    assert opening <= apis | showing | whole


def put_events() -> list[tuple[str, Resource]]:
    return [(role, s) for role, s in statements() if "events:PutEvents" in many(s["Action"])]


def test_each_role_puts_events_of_its_own_sources_only() -> None:
    """So that none can speak in the name of another domain, on no bus."""
    granted = {
        (target(bus), operator, source)
        for _, statement in put_events()
        for bus in many(statement["Resource"])
        for operator, keys in statement["Condition"].items()
        for source in many(keys["events:source"])
    }

    assert granted == {
        ("ErrorBus", "ForAllValues:StringEquals", "skafu.failures"),
        ("ErrorBus", "Null", "false"),
        ("EventBus", "ForAllValues:StringLike", "skafu.*"),
        ("EventBus", "ForAllValues:StringLike", "skafu.replay.*"),
        ("EventBus", "Null", "false"),
    }


def test_the_integration_consumer_takes_events_from_its_own_intake_only() -> None:
    """No role of ours puts events there: whoever does commands for every owner."""
    rule = of_type("AWS::Events::Rule")["IntegrationRule"]
    rules = [
        name
        for name, one in of_type("AWS::Events::Rule").items()
        if any(target(t["Arn"]) == "IntegrationQueue" for t in one["Targets"])
    ]
    (policy,) = (
        statement
        for properties in of_type("AWS::SQS::QueuePolicy").values()
        for statement in many(properties["PolicyDocument"]["Statement"])
        if "IntegrationQueue" in map(target, many(statement["Resource"]))
    )

    assert (rules, target(rule["EventBusName"])) == (["IntegrationRule"], "IntakeBus")
    assert "IntakeBus" not in {target(s["Resource"]) for _, s in put_events()}
    assert policy["Condition"] == {
        "ArnEquals": {"aws:SourceArn": [{"Fn::GetAtt": ["IntegrationRule", "Arn"]}]}
    }


def test_archives_are_private_and_travel_encrypted() -> None:
    bucket = template.transformed()["ArchiveBucket"]
    (policy,) = (
        found
        for found in of_type("AWS::S3::BucketPolicy").values()
        if found["Bucket"] == {"Ref": "ArchiveBucket"}
    )
    (denied,) = policy["PolicyDocument"]["Statement"]
    (unfinished,) = bucket["Properties"]["LifecycleConfiguration"]["Rules"]

    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["Properties"]["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerEnforced"}
    ]
    assert "CorsConfiguration" not in bucket["Properties"]  # a link is followed, not fetched
    assert unfinished["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert "ExpirationInDays" not in unfinished
    assert (denied["Effect"], denied["Principal"]) == ("Deny", "*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert archive_actions() <= set(denied["Action"])


def archive_actions() -> set[str]:
    """Return what any function may do with archives."""
    return {
        str(action)
        for role in of_type("AWS::IAM::Role").values()
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        if "ArchiveBucket" in json.dumps(statement["Resource"])
        for action in many(statement["Action"])
    }


@pytest.mark.feature("R15")
def test_what_finds_words_in_everybodys_rows_is_there_unless_it_is_switched_off() -> None:
    written = load(template.FILE)
    about = {"Fn::GetAtt": ["WordsTable", "Arn"]}
    variables = written["Globals"]["Function"]["Environment"]["Variables"]
    projectors = template.projectors()
    searched = {projectors[p.name] for p in contents.projections if contents.searched(p)}
    granted = [
        (name, statement)
        for name, properties in functions(written).items()
        for policy in properties.get("Policies", ())
        if isinstance(policy, dict)
        for statement in policy["Statement"]
        if json.dumps(about) in json.dumps(statement)
    ]

    assert written["Resources"]["WordsTable"]["Condition"] == "SearchesEverybody"
    assert variables["WORDS_TABLE"] == {"Fn::If": ["SearchesEverybody", {"Ref": "WordsTable"}, ""]}
    mended = {"Reconciler", "StoreJobWorker"} if searched else set()
    assert {name for name, _ in granted} == {*searched, "QueryApi", *mended}
    for _, statement in granted:
        condition, held, otherwise = statement["Fn::If"]
        assert (condition, held["Resource"]) == ("SearchesEverybody", about)
        assert otherwise == {"Ref": "AWS::NoValue"}


def test_a_pause_of_sagas_keeps_no_answer_from_a_step_that_waits() -> None:
    """The function is told of the pause, and the rules that reach it know nothing of it."""
    for rule in ("SagaRule", "SagaSweepRule"):
        assert "State" not in template.written()[rule]["Properties"]
    environment = template.written()["SagaEvents"]["Properties"]["Environment"]
    assert environment["Variables"]["SAGAS"] == "Sagas"


@pytest.mark.parametrize(
    ("action", "functions"),
    [("s3:PutObject", {"SagaStep"}), ("s3:DeleteObject", {"SagaStep", "SagaEvents"})],
)
def test_only_steps_and_ends_of_sagas_change_archives(action: str, functions: set[str]) -> None:
    found = {
        name.removesuffix("Role")
        for name, role in of_type("AWS::IAM::Role").items()
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        if "ArchiveBucket" in json.dumps(statement["Resource"])
        and action in many(statement["Action"])
    }

    assert found == functions
