"""Metrics in log lines, and alarms: extracted, and judged by their own series."""

import json
import time

import pytest

from local.aws import Aws
from tests.support import lab

pytestmark = pytest.mark.tools

SOURCE = """
import json, time
def handler(event, context):
    directive = {"Namespace": "tea", "Dimensions": [["Kind"]], "Metrics": [{"Name": "Poured"}]}
    aws = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": aws, **event}))
"""
PERIOD = 3  # seconds: CloudWatch would take no less than ten


def poured(aws: Aws, function: str, value: float, kind: str) -> None:
    lab.call(aws, function, {"Poured": value, "Kind": kind})


def known(aws: Aws, kind: str) -> int:
    """Return how many values there are of a kind."""
    query = {
        "Namespace": "tea", "MetricName": "Poured", "Statistics": ["SampleCount"], "Period": 3600,
        "Dimensions": [{"Name": "Kind", "Value": kind}],
    }  # fmt: skip
    now = time.time()
    found = aws.client("cloudwatch").get_metric_statistics(
        **query, StartTime=now - 7200, EndTime=now + 60
    )
    return int(sum(point["SampleCount"] for point in found["Datapoints"]))


def state(aws: Aws, alarm: str) -> str:
    found = aws.client("cloudwatch").describe_alarms(AlarmNames=[alarm])
    return str(found["MetricAlarms"][0]["StateValue"])


def put_alarm(aws: Aws, kind: str, topic: str) -> str:
    alarm = lab.name("alarm")
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=alarm,
        Namespace="tea",
        MetricName="Poured",
        Dimensions=[{"Name": "Kind", "Value": kind}],
        Statistic="Maximum",
        Period=PERIOD,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[topic],
        OKActions=[topic],
    )
    return alarm


def test_what_a_function_measures_reaches_cloudwatch(ours: Aws, stock: Aws) -> None:
    for aws, expected in ((ours, 2), (stock, 0)):
        function, kind = lab.create_function(aws, SOURCE), lab.name("kind")
        for _ in range(2):
            poured(aws, function, 7, kind)
        assert known(aws, kind) == expected


def test_an_alarm_hears_its_own_series_and_ends_in_silence(ours: Aws) -> None:
    function, kind = lab.create_function(ours, SOURCE), lab.name("kind")
    queue = lab.create_queue(ours)
    sns = ours.client("sns")
    topic = sns.create_topic(Name=lab.name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    alarm = put_alarm(ours, kind, topic)
    assert lab.eventually(lambda: state(ours, alarm) == "OK")

    poured(ours, function, 9, "another")
    poured(ours, function, 1, kind)
    assert state(ours, alarm) == "OK"
    poured(ours, function, 9, kind)
    assert lab.eventually(lambda: state(ours, alarm) == "ALARM")
    assert lab.eventually(lambda: state(ours, alarm) == "OK")

    told = [json.loads(message["Message"]) for message in received(ours, queue)]
    changes = [(one["OldStateValue"], one["NewStateValue"]) for one in told]
    assert changes[-2:] == [("OK", "ALARM"), ("ALARM", "OK")]


def received(aws: Aws, queue: lab.Queue) -> list[dict[str, str]]:
    """Return what the topic was told: the alarm's first state, on, and off again."""
    assert lab.eventually(lambda: lab.depth(aws, queue) == 3)
    return lab.receive(aws, queue)


def test_a_stock_alarm_fires_on_any_series_and_stays(stock: Aws) -> None:
    alarm = put_alarm(stock, lab.name("kind"), "arn:aws:sns:us-east-1:000000000000:none")
    datum = {"MetricName": "Poured", "Value": 9, "Dimensions": [{"Name": "Kind", "Value": "x"}]}
    stock.client("cloudwatch").put_metric_data(Namespace="tea", MetricData=[datum])

    assert state(stock, alarm) == "ALARM"
    assert not lab.eventually(lambda: state(stock, alarm) != "ALARM", lab.NEVER)
