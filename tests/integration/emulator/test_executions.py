"""Executions of state machines on the emulator."""

import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from local import ports
from local.aws import ACCOUNT, Aws, Client, session
from local.emulator.environments import access_key
from local.stack import running_emulator
from local.template import source_package
from tests.support import lab, machines
from tests.support.machines import Execution

pytestmark = [pytest.mark.long, pytest.mark.tools]

SLEEPS_ONCE = """
import os, time
def handler(event, context):
    with open({file!r}, "a") as log:
        log.write("called\\n")
    if open({file!r}).read() == "called\\n":
        time.sleep(100)
    return "done"
"""

FAILS_WITH_THE_EMULATOR = """
import os, socket, time, urllib.parse
def handler(event, context):
    with open({file!r}, "a") as log:
        log.write("called\\n")
    if open({file!r}).read() != "called\\n":
        return "done"
    address = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL"])
    while True:
        socket.create_connection((address.hostname, address.port)).close()
        time.sleep(0.01)
"""


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


# ---- what goes on after a restart


@dataclass(frozen=True)
class Restarted:
    """Executions that ran when the emulator was ended, seen by the next one."""

    aws: Aws
    folder: Path
    arns: dict[str, str]

    def execution(self, name: str) -> Execution:
        return Execution(self.aws, self.arns[name])


def started(aws: Aws, folder: Path) -> dict[str, str]:
    """Start one of each kind, and wait until all are saved."""
    asked, again = folder / "asked", folder / "again"
    asks = machines.asking(lab.create_function(aws, machines.token_keeper(asked)))
    sleeps = lab.create_function(aws, SLEEPS_ONCE.format(file=str(again)), timeout=120)
    follows = lab.create_function(
        aws, FAILS_WITH_THE_EMULATOR.format(file=str(folder / "followed")), timeout=120
    )
    interrupted = machines.token_keeper(folder / "interrupted", SLEEP_FIRST)
    begun = {
        "waits": machines.run(aws, {"Type": "Wait", "Seconds": 5_000}),
        "waits longer": machines.run(aws, machines.HOURS),
        "works": machines.run(aws, machines.task(sleeps)),
        "fails with the emulator": machines.run(aws, machines.task(follows)),
        "asks": machines.run(aws, asks),
        "is interrupted": machines.run(
            aws, machines.asking(lab.create_function(aws, interrupted, timeout=120))
        ),
    }
    machines.tokens(asked)
    machines.tokens(folder / "interrupted")
    for calls in (again, folder / "followed"):
        assert lab.eventually(lambda: machines.lines(calls) == ["called"])  # noqa: B023 - at once
    assert lab.eventually(lambda: saved(folder).count('"position"') == len(begun))
    assert lab.eventually(lambda: '"invoked": true' in saved(folder))
    return {name: execution.arn for name, execution in begun.items()}


SLEEP_FIRST = """
    import time
    if len(open(log.name).readlines()) == 1:
        time.sleep(100)
"""


def saved(folder: Path) -> str:
    file = folder / "emulator" / "stepfunctions.json"
    return file.read_text() if file.exists() else ""


def replace_definition(aws: Aws, arn: str) -> None:
    machine = Execution(aws, arn).described()["stateMachineArn"]
    other = machines.definition({"Type": "Fail"})
    aws.client("stepfunctions").update_state_machine(stateMachineArn=machine, definition=other)


def pass_an_hour(folder: Path) -> None:
    """Let all states have been entered an hour and a half earlier."""
    file = folder / "emulator" / "stepfunctions.json"
    earlier = re.sub(
        r'("entered": )([\d.]+)', lambda m: m[1] + str(float(m[2]) - 5_400), saved(folder)
    )
    file.write_text(earlier)


def keep_waiting(aws: Aws) -> None:
    """Begin a request that is not answered soon: a stop gives it a second, and functions go on."""
    queue = aws.client("sqs").create_queue(QueueName=lab.name("nothing"))["QueueUrl"]
    polls = f"{aws.endpoint}/?Action=ReceiveMessage&QueueUrl={queue}&WaitTimeSeconds=20"

    def wait() -> None:
        with suppress(requests.ConnectionError):
            requests.get(polls, timeout=60)

    threading.Thread(target=wait, daemon=True).start()
    time.sleep(0.2)


@pytest.fixture(scope="module", params=[signal.SIGTERM, signal.SIGKILL])
def restarted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Restarted]:
    folder = tmp_path_factory.mktemp("restarted")
    with running_emulator(ports.free(1)[0], folder, keep=True) as aws:
        arns = started(aws, folder)
        replace_definition(aws, arns["asks"])
        pid = requests.get(f"{aws.endpoint}/_skafu/health", timeout=60).json()["pid"]
        keep_waiting(aws)
        os.kill(pid, request.param)
        assert lab.eventually(lambda: not ports.listens(int(aws.endpoint.rpartition(":")[2])))
    pass_an_hour(folder)
    with running_emulator(ports.free(1)[0], folder, keep=True) as aws:
        yield Restarted(aws, folder, arns)


def test_a_wait_has_its_rest_to_go(restarted: Restarted) -> None:
    assert restarted.execution("waits").ended()["status"] == "SUCCEEDED"
    assert restarted.execution("waits longer").status() == "RUNNING"


@pytest.mark.parametrize(
    ("name", "calls"), [("works", "again"), ("fails with the emulator", "followed")]
)
def test_a_task_runs_again(restarted: Restarted, name: str, calls: str) -> None:
    assert restarted.execution(name).ended()["status"] == "SUCCEEDED"
    assert machines.lines(restarted.folder / calls) == ["called"] * 2
    events = restarted.execution(name).events()
    assert events.count("TaskStateEntered") == events.count("TaskStateExited") == 1


def test_a_token_is_waited_for_further_and_its_execution_keeps_its_definition(
    restarted: Restarted,
) -> None:
    [token] = machines.tokens(restarted.folder / "asked")
    client, arn = restarted.aws.client("stepfunctions"), restarted.arns["asks"]
    kept = client.describe_state_machine_for_execution(executionArn=arn)["definition"]
    assert "waitForTaskToken" in kept
    machines.succeed(restarted.aws, token, "yes")
    ended = restarted.execution("asks").ended()

    assert (ended["status"], ended.get("output")) == ("SUCCEEDED", '"yes"')
    assert machines.lines(restarted.folder / "asked") == [token]


def test_a_function_that_was_interrupted_passes_another_token_on(restarted: Restarted) -> None:
    first, second = machines.tokens(restarted.folder / "interrupted", 2)
    with pytest.raises(ClientError) as refused:
        machines.succeed(restarted.aws, first)
    machines.succeed(restarted.aws, second)

    assert code(refused) == "TaskTimedOut"
    assert restarted.execution("is interrupted").ended()["status"] == "SUCCEEDED"


def test_only_the_newest_of_the_ended_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKAFU_EXECUTIONS_KEPT", "3")
    with running_emulator(ports.free(1)[0], tmp_path) as aws:
        client = aws.client("stepfunctions")
        machine = machines.create(aws, machines.definition(machines.HOURS))
        runs, *stopped = (machines.start(aws, machine) for _ in range(6))
        for execution in stopped:
            execution.stop()

        def left() -> set[str]:
            found = client.list_executions(stateMachineArn=machine)["executions"]
            return {one["executionArn"] for one in found}

        assert lab.eventually(lambda: len(left()) == 4)
        assert left() == {runs.arn, *(execution.arn for execution in stopped[2:])}
        with pytest.raises(client.exceptions.ExecutionDoesNotExist):
            stopped[0].described()


# ---- starts


def answers_to_two_starts(aws: Aws, text: str = "{}") -> bool:
    """Tell if both have the same answer."""
    machine, name = machines.create(aws, machines.definition(machines.HOURS)), lab.name("same")
    client = aws.client("stepfunctions")
    first, second = (
        client.start_execution(stateMachineArn=machine, name=name, input=one)
        for one in ("{}", text)
    )
    same = ("executionArn", "startDate")
    return all(first[key] == second[key] for key in same)


def test_a_start_may_be_repeated_while_the_execution_runs(ours: Aws, stock: Aws) -> None:
    assert answers_to_two_starts(ours)
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        answers_to_two_starts(stock)


def test_a_start_is_refused_with_another_input_or_after_the_end(ours: Aws) -> None:
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        answers_to_two_starts(ours, '{"other": 1}')
    machine = machines.create(ours, machines.definition(machines.HOURS))
    machines.start(ours, machine, "same").stop()
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        machines.start(ours, machine, "same")


@pytest.mark.parametrize("name", ["with blank", "a" * 81, "a/b", "a\x7f"])
def test_a_name_that_aws_refuses_is_refused(ours: Aws, name: str) -> None:
    client = raw(ours)
    machine = machines.create(ours, machines.definition({"Type": "Pass"}))
    with pytest.raises(ClientError) as refused:
        client.start_execution(stateMachineArn=machine, name=name)
    with pytest.raises(ClientError) as unmade:
        client.create_state_machine(
            name=name, roleArn=machines.ROLE, definition=machines.definition({"Type": "Pass"})
        )
    assert code(refused) == code(unmade) == "InvalidName"


def raw(aws: Aws) -> Client:
    """Return a client that leaves it to the emulator to refuse a value."""
    config = Config(parameter_validation=False)
    return session().client("stepfunctions", endpoint_url=aws.endpoint, config=config)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (json.dumps("x" * 262_143), "ValidationException"),
        (json.dumps("é" * 131_072, ensure_ascii=False), "ValidationException"),
        ("{", "InvalidExecutionInput"),
    ],
)
def test_an_input_that_aws_refuses_is_refused(ours: Aws, text: str, answer: str) -> None:
    machine = machines.create(ours, machines.definition({"Type": "Pass"}))
    with pytest.raises(ClientError) as refused:
        machines.start(ours, machine, text=text)
    assert code(refused) == answer


def test_the_largest_input_is_taken(ours: Aws) -> None:
    machine = machines.create(ours, machines.definition({"Type": "Pass"}))
    execution = machines.start(ours, machine, text=json.dumps("x" * 262_142))
    assert execution.ended()["status"] == "SUCCEEDED"


def end_of_a_large_result(aws: Aws, **caught: object) -> dict[str, object]:
    large = lab.create_function(aws, "def handler(event, context): return 'x' * 262_143")
    return machines.run(aws, machines.task(large, **caught)).ended()


def test_a_result_too_large_fails_the_execution(ours: Aws, stock: Aws) -> None:
    """States.ALL does not catch it."""
    everything = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
    ended = end_of_a_large_result(ours, Catch=everything)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.DataLimitExceeded")
    assert end_of_a_large_result(stock)["status"] == "SUCCEEDED"


def test_a_task_whose_input_grows_too_large_fails_the_execution(ours: Aws) -> None:
    function = lab.create_function(ours, "def handler(event, context): return 'called'")
    task = machines.task(function)
    task["Parameters"]["Payload"] = {"a.$": "$.half", "b.$": "$.half"}
    machine = machines.create(ours, machines.definition(task))
    ended = machines.start(ours, machine, text=json.dumps({"half": "x" * 140_000})).ended()
    assert (ended["status"], ended.get("error")) == ("FAILED", "States.DataLimitExceeded")


def test_a_mistake_in_a_definition_is_not_caught_by_all(ours: Aws, stock: Aws) -> None:
    everything = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
    wrong = {"Type": "Task", "Resource": "arn:aws:states:::nothing:do", "Catch": everything}
    ended = machines.run(ours, wrong).ended()
    assert (ended["status"], ended.get("error")) == ("FAILED", "States.Runtime")
    assert machines.run(stock, wrong).ended()["status"] == "SUCCEEDED"


def test_a_state_whose_output_grows_too_large_fails_the_execution(ours: Aws) -> None:
    half = json.dumps({"half": "x" * 140_000})
    twice = {"Type": "Pass", "Parameters": {"a.$": "$.half", "b.$": "$.half"}}
    machine = machines.create(ours, machines.definition(twice))
    ended = machines.start(ours, machine, text=half).ended()
    assert (ended["status"], ended["error"]) == ("FAILED", "States.DataLimitExceeded")


# ---- tokens


def end_of_failing_task(aws: Aws, folder: Path, failing: str, seconds: float) -> dict[str, object]:
    function = lab.create_function(aws, machines.token_keeper(folder / lab.name("t"), failing))
    return machines.run(aws, machines.asking(function)).ended(seconds)


@pytest.mark.parametrize(
    ("failing", "error"),
    [("raise NameTaken('there is one')", "NameTaken"), ("os._exit(3)", "Runtime.ExitError")],
)
def test_a_function_that_fails_to_pass_its_token_on_fails_the_task(
    ours: Aws, stock: Aws, tmp_path: Path, failing: str, error: str
) -> None:
    ended = end_of_failing_task(ours, tmp_path, failing, lab.PATIENCE)
    assert (ended["status"], ended.get("error")) == ("FAILED", error)
    if error == "NameTaken":
        unended = end_of_failing_task(stock, tmp_path, failing, lab.NEVER)
        assert unended["status"] == "RUNNING"


def tokens_of_two_attempts(aws: Aws, file: Path) -> tuple[Execution, list[str]]:
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 1, "BackoffRate": 1}]
    function = lab.create_function(aws, machines.token_keeper(file))
    execution = machines.run(aws, machines.asking(function, Retry=retry))
    [first] = machines.tokens(file)
    aws.client("stepfunctions").send_task_failure(taskToken=first, error="Busy", cause="")
    return execution, machines.tokens(file, 2)


def test_each_attempt_has_a_token_of_its_own(ours: Aws, stock: Aws, tmp_path: Path) -> None:
    execution, (first, second) = tokens_of_two_attempts(ours, tmp_path / "ours")
    with pytest.raises(ClientError) as closed:
        machines.succeed(ours, first)
    with pytest.raises(ClientError) as unknown:
        machines.succeed(ours, "nonsense")
    machines.succeed(ours, second, {"answer": 42})

    assert (code(closed), code(unknown)) == ("TaskTimedOut", "InvalidToken")
    assert execution.ended()["output"] == '{"answer": 42}'
    assert len(set(tokens_of_two_attempts(stock, tmp_path / "stock")[1])) == 1


def test_branches_have_tokens_of_their_own(ours: Aws, tmp_path: Path) -> None:
    function = lab.create_function(ours, machines.token_keeper(tmp_path / "tokens"))
    branch = {"StartAt": "Ask", "States": {"Ask": {**machines.asking(function), "End": True}}}
    execution = machines.run(ours, {"Type": "Parallel", "Branches": [branch] * 3})
    for token in machines.tokens(tmp_path / "tokens", 3):
        machines.succeed(ours, token, "yes")
    assert json.loads(execution.ended()["output"]) == ["yes"] * 3


def test_an_answer_that_is_no_json_is_refused(ours: Aws, tmp_path: Path) -> None:
    function = lab.create_function(ours, machines.token_keeper(tmp_path / "tokens"))
    execution = machines.run(ours, machines.asking(function))
    [token] = machines.tokens(tmp_path / "tokens")
    with pytest.raises(ClientError) as refused:
        ours.client("stepfunctions").send_task_success(taskToken=token, output="{")
    machines.succeed(ours, token)

    assert code(refused) == "InvalidOutput"
    assert execution.ended()["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("asking", "limit"),
    [
        (machines.asking, {"HeartbeatSeconds": 1}),
        (machines.asking, {"HeartbeatSecondsPath": "$.beat"}),
        (machines.asking_in_jsonata, {"HeartbeatSeconds": "{% $states.input.beat %}"}),
    ],
)
def test_a_task_without_heartbeats_times_out(
    ours: Aws, tmp_path: Path, asking: Callable[..., machines.State], limit: machines.State
) -> None:
    function = lab.create_function(ours, machines.token_keeper(tmp_path / "tokens"))
    machine = machines.create(ours, machines.definition(asking(function, **limit)))
    execution = machines.start(ours, machine, text='{"beat": 1}')
    ended = execution.ended()
    assert (ended["status"], ended.get("error")) == ("FAILED", "States.HeartbeatTimeout")
    assert "TaskTimedOut" in execution.events()


def test_heartbeats_keep_a_task_alive(ours: Aws, tmp_path: Path) -> None:
    function = lab.create_function(ours, machines.token_keeper(tmp_path / "tokens"))
    execution = machines.run(ours, machines.asking(function, HeartbeatSeconds=6))
    [token] = machines.tokens(tmp_path / "tokens")
    until = time.monotonic() + 7
    while time.monotonic() < until:
        ours.client("stepfunctions").send_task_heartbeat(taskToken=token)
        time.sleep(0.5)
    machines.succeed(ours, token)
    assert execution.ended()["status"] == "SUCCEEDED"


# ---- ends


def test_an_execution_takes_no_longer_than_its_machine_allows(ours: Aws) -> None:
    """Also in the midst of a function."""
    sleeps = lab.create_function(
        ours, "import time\ndef handler(event, context): time.sleep(100)", timeout=120
    )
    ended = machines.run(ours, machines.task(sleeps), TimeoutSeconds=1).ended()
    assert ended["status"] == "TIMED_OUT"


def stopped(aws: Aws, file: Path) -> Execution:
    """Return an execution that was stopped while its task waited, for six seconds at most."""
    function = lab.create_function(aws, machines.token_keeper(file))
    execution = machines.run(aws, machines.asking(function, TimeoutSeconds=6))
    machines.tokens(file)
    execution.stop()
    assert execution.status() == "ABORTED"
    return execution


def test_a_stopped_execution_is_over(ours: Aws, stock: Aws, tmp_path: Path) -> None:
    """Also when the time of its task is up."""
    execution = stopped(ours, tmp_path / "ours")
    going_on = stopped(stock, tmp_path / "stock")
    assert lab.eventually(lambda: going_on.status() == "FAILED")
    assert execution.status() == "ABORTED"


def test_a_token_of_a_stopped_execution_is_closed(ours: Aws, tmp_path: Path) -> None:
    function = lab.create_function(ours, machines.token_keeper(tmp_path / "tokens"))
    execution = machines.run(ours, machines.asking(function))
    [token] = machines.tokens(tmp_path / "tokens")
    execution.stop()
    with pytest.raises(ClientError) as refused:
        machines.succeed(ours, token)
    assert code(refused) == "TaskTimedOut"


def test_nothing_is_recorded_after_a_stop(ours: Aws, tmp_path: Path) -> None:
    file = tmp_path / "called"
    body = (
        f"open({str(file)!r}, 'a').write('x'); time.sleep(1); open({str(file)!r}, 'a').write('y')"
    )
    slow = lab.create_function(ours, f"import time\ndef handler(event, context): {body}")
    execution = machines.run(ours, machines.task(slow))
    assert lab.eventually(file.exists)
    execution.stop()
    assert lab.eventually(lambda: file.read_text() == "xy")
    lab.eventually(lambda: execution.events()[-1] != "ExecutionAborted", 1)
    assert execution.events()[-1] == "ExecutionAborted"


# ---- what a template and a function need besides


def machine_of_a_template(aws: Aws, text: str) -> str:
    """Deploy a machine whose definition lies in S3, as `sam deploy` puts it there."""
    bucket, stack, cloudformation = lab.name("code"), lab.name("flow"), aws.client("cloudformation")
    aws.client("s3").create_bucket(Bucket=bucket)
    aws.client("s3").put_object(Bucket=bucket, Key="definition", Body=text)
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": machines.ROLE,
            "DefinitionS3Location": {"Bucket": bucket, "Key": "definition"},
            "DefinitionSubstitutions": {"Greeting": "hello"},
        },
    }
    body = {"Resources": {"Flow": machine}, "Outputs": {"Arn": {"Value": {"Ref": "Flow"}}}}
    cloudformation.create_stack(StackName=stack, TemplateBody=json.dumps(body))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=stack)
    [described] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return str(described["Outputs"][0]["OutputValue"])


IN_YAML = """
# A comment.
StartAt: Wait
States:
  Wait: { Type: Wait, Timestamp: 2020-01-01T00:00:00Z, Next: Greet }
  Greet: { Type: Pass, Result: "${Greeting}", End: true }
"""


def test_a_definition_in_yaml_is_understood(ours: Aws, stock: Aws) -> None:
    ended = machines.start(ours, machine_of_a_template(ours, IN_YAML)).ended()
    assert (ended["status"], ended.get("output")) == ("SUCCEEDED", '"hello"')
    ended = machines.start(stock, machine_of_a_template(stock, IN_YAML)).ended()
    assert (ended["status"], ended["error"]) == ("FAILED", "InvalidDefinition")


SIGNS = """
import boto3
from botocore.config import Config
def handler(event, context):
    s3 = boto3.client("s3", config=Config(signature_version="s3v4"))
    return s3.generate_presigned_url("get_object", Params=event, ExpiresIn=60)
"""


def test_a_function_signs_urls_of_s3(ours: Aws, tmp_path: Path) -> None:
    bucket, s3 = lab.name("bucket"), ours.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="file", Body=b"content")
    (tmp_path / "code.py").write_text(SIGNS)
    function = lab.create_function(ours, source_package(tmp_path), timeout=20)
    url = lab.call(ours, function, {"Bucket": bucket, "Key": "file"})

    assert "lambda." in url
    answer = requests.get(url, timeout=60)
    assert (answer.status_code, answer.text) == (200, "content")
    changed = url.replace("Expires=60", "Expires=600")
    assert requests.get(changed, timeout=60).status_code == 403


def test_stock_ministack_knows_no_keys_of_functions(stock: Aws) -> None:
    bucket, s3 = lab.name("bucket"), stock.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="file", Body=b"content")
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    signer = session().client(
        "s3",
        endpoint_url=stock.endpoint,
        aws_access_key_id=access_key(ACCOUNT, "some-function"),
        aws_secret_access_key="test",
        config=config,
    )
    url = signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "file"})
    assert requests.get(url, timeout=60).status_code == 403


def mapped(function: str, **fields: object) -> str:
    """Return a machine whose Distributed Map calls the function for each of four items."""
    each = machines.task(function, End=True)
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "Each"}
    state = {"Type": "Map", "ItemsPath": "$.items", "ItemSelector": {}, **fields}
    return machines.definition({**state, "ItemProcessor": {**processor, "States": {"Each": each}}})


GIVEN = json.dumps({"items": [1, 2, 3, 4], "most": 1})
COUNTS = """
import time
def handler(event, context):
    with open({file!r}, "a") as log:
        log.write("begun\\n")
    time.sleep(0.3)
    with open({file!r}, "a") as log:
        log.write("ended\\n")
"""


def test_a_map_takes_its_concurrency_from_its_input(ours: Aws, tmp_path: Path) -> None:
    log = tmp_path / "calls"
    function = lab.create_function(ours, COUNTS.format(file=str(log)))
    machine = machines.create(ours, mapped(function, MaxConcurrencyPath="$.most"))

    assert machines.start(ours, machine, text=GIVEN).ended()["status"] == "SUCCEEDED"
    assert log.read_text().split() == ["begun", "ended"] * 4


def test_child_workflows_end_with_what_began_them(ours: Aws, tmp_path: Path) -> None:
    log = tmp_path / "calls"
    function = lab.create_function(ours, COUNTS.format(file=str(log)))
    machine = machines.create(ours, mapped(function, MaxConcurrencyPath="$.most"))
    execution = machines.start(ours, machine, text=GIVEN)
    assert lab.eventually(log.exists)
    execution.stop()
    runs = ours.client("stepfunctions")
    (run,) = runs.list_map_runs(executionArn=execution.arn)["mapRuns"]

    def status() -> str:
        return str(runs.describe_map_run(mapRunArn=run["mapRunArn"])["status"])

    assert lab.eventually(lambda: status() != "RUNNING")
    assert log.read_text().split() == ["begun", "ended"]
    assert execution.status() == "ABORTED"
