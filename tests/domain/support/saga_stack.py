"""Sagas on a running stack, seen by a person, by Admin and by an operator."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import yaml
from typer.testing import CliRunner

from domain.project_creation import PROJECT_CREATION
from kernel.messages import aggregate_id, event_id
from local.stack import Stack
from skafu.cli import app
from tests.domain.support.project_client import ProjectClient
from tests.support.api_client import ApiClient, Json, eventually

ADMIN = "admin@skafu.dev"
SLOW = 180.0  # seconds until a run has ended, on a busy machine too
CORRELATION = "ada@example.org"
FILE = {"path": "README.md", "content": "# <%= name %>, <%= leaf %>\n"}
LEAF = {"name": "leaf", "type": "TEXT", "label": "Leaf", "default": "mint"}
MANY = {"name": "many", "type": "LIST", "label": "Many"}
# 4 000 times 4 000 entries: more than a scaffold may have.
TOO_MUCH = "<% for a in many %><% for b in many %>0123456789<% endfor %><% endfor %>"


@dataclass(frozen=True)
class Sagas:
    """The stack, with a person, Admin and the executions of the saga."""

    running: Stack
    owner: ProjectClient
    admin: ApiClient

    def created(self, slug: str, who: ApiClient | None = None, **data: object) -> str:
        body = {"name": "Shop", "templateId": slug, **data}
        told = {"X-Correlation-Id": CORRELATION}
        answer = (who or self.owner).send("POST", "/projects", body, told)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["aggregateId"])

    def drafted(self, **data: object) -> str:
        """Publish a template of its own; return its slug."""
        slug = f"tea-{uuid.uuid4().hex[:8]}"
        self.template(slug=slug, **data)
        return slug

    def template(self, **data: object) -> str:
        """Publish a template; return its id."""
        body = {"name": "Tea", "files": [FILE], "parameters": [LEAF], **data}
        answer = self.admin.send("POST", "/templates", body)
        assert answer.status_code == 202, answer.text
        id = str(answer.json()["aggregateId"])
        self.publish(id)
        return id

    def publish(self, template: str) -> None:
        assert self.admin.send("POST", f"/templates/{template}/publish").status_code == 202

    def trail(self, id: str) -> list[Json]:
        path, found = f"/projects/{id}/events?limit=100", list[Json]()
        while True:
            answer = self.admin.send("GET", path)
            assert answer.status_code == 200, answer.text
            found += answer.json()["data"]
            following = answer.json()["pagination"]["nextToken"]
            if following is None:
                return found
            path = f"/projects/{id}/events?limit=100&nextToken={following}"

    def names(self, id: str) -> list[str]:
        return [event["eventType"] for event in self.trail(id)]

    def ended(self, id: str, *ends: str) -> str:
        """Wait until the run has ended in one of these ways; return which."""
        found = eventually(lambda: [n for n in self.names(id) if n in ends], SLOW, pause=0.3)
        assert found, self.names(id)
        return found[-1]

    def run_of(self, id: str) -> str:
        """Return the id of the event that began the newest run."""
        sequences = [e["eventSequence"] for e in self.trail(id) if e["eventType"] == STARTED]
        return event_id(aggregate_id("PROJECT", id), sequences[-1])

    def analysis_of(self, id: str) -> str:
        """Return the id of the analysis that the newest run asks for."""
        return str(uuid.uuid5(uuid.UUID(self.run_of(id)), "analysis"))

    def executions(self, id: str) -> dict[str, str]:
        """Return the status of each execution of a run."""
        machine = self.outputs["SagaMachines"]
        arn = json.loads(machine)["project-creation"]
        client = self.running.aws.client("stepfunctions")
        pages = client.get_paginator("list_executions").paginate(stateMachineArn=arn)
        run = self.run_of(id)
        every = (one for page in pages for one in page["executions"])
        return {e["name"]: e["status"] for e in every if e["name"].startswith(run)}

    def kept(self, id: str) -> str:
        """Return all that Step Functions keeps of the executions of a run."""
        machine = json.loads(self.outputs["SagaMachines"])["project-creation"]
        client = self.running.aws.client("stepfunctions")
        arns = (
            f"{machine.replace(':stateMachine:', ':execution:')}:{n}" for n in self.executions(id)
        )
        pages = client.get_paginator("get_execution_history")
        found = [page["events"] for arn in arns for page in pages.paginate(executionArn=arn)]
        return json.dumps(found, default=str)

    @property
    def outputs(self) -> dict[str, str]:
        stack = f"skafu-{self.running.options.environment}"
        found = self.running.aws.client("cloudformation").describe_stacks(StackName=stack)
        return {o["OutputKey"]: o["OutputValue"] for o in found["Stacks"][0]["Outputs"]}

    def archives(self, id: str) -> list[str]:
        """Return the keys of a project's archives."""
        s3 = self.running.aws.client("s3")
        found = [
            item["Key"]
            for bucket in s3.list_buckets()["Buckets"]
            for item in s3.list_objects_v2(Bucket=bucket["Name"], Prefix=f"{id}/").get(
                "Contents", []
            )
        ]
        return found

    def items(self) -> list[str]:
        """Return the keys of the saga's table."""
        table = self.outputs["SagaTable"]
        found = self.running.aws.client("dynamodb").scan(TableName=table)["Items"]
        return [item["saga"]["S"] for item in found]

    def token(self, analysis: str) -> str:
        """Return the token of the step that waits for an analysis."""
        key = {"saga": {"S": f"WAITS#ANALYSIS#{analysis}"}}
        dynamodb = self.running.aws.client("dynamodb")
        return str(
            dynamodb.get_item(TableName=self.outputs["SagaTable"], Key=key)["Item"]["token"]["S"]
        )

    @contextmanager
    def without(self, rule: str) -> Iterator[None]:
        """Deliver nothing by a rule of the stack meanwhile."""
        pages = self.running.aws.client("cloudformation").get_paginator("list_stack_resources")
        stack = f"skafu-{self.running.options.environment}"
        names = {
            found["LogicalResourceId"]: found["PhysicalResourceId"]
            for page in pages.paginate(StackName=stack)
            for found in page["StackResourceSummaries"]
        }
        where = {"Name": names[rule].rpartition("|")[2].rpartition("/")[2]}
        events = self.running.aws.client("events")
        where["EventBusName"] = self.running.outputs["eventBus"]
        events.disable_rule(**where)
        try:
            yield
        finally:
            events.enable_rule(**where)

    def waiting(self, id: str) -> str:
        """Wait until the run waits for its analysis; return the analysis' id."""
        eventually(lambda: [e for e in self.names(id) if e == "ProvisioningStepCompleted"], SLOW)
        analysis = self.analysis_of(id)
        key = f"WAITS#ANALYSIS#{analysis}"
        assert eventually(lambda: key in self.items(), SLOW), self.items()
        path = f"/analyses/{analysis}/events"
        assert eventually(lambda: self.admin.send("GET", path).status_code == 200, SLOW)
        return analysis

    def skafu(self, *words: str) -> str:
        outputs = self.running.options.state_dir / "outputs.json"
        done = CliRunner().invoke(app, ["saga", *words, "--outputs", str(outputs)])
        assert done.exit_code == 0, done.output
        return done.output


def first_state(step: str) -> str:
    return f"Ask for {step}" if PROJECT_CREATION.step[step].question else step


@contextmanager
def definitions(sagas: Sagas) -> Iterator[Any]:
    """Yield what changes the definition for the runs that begin next; put it right at the end."""
    client = sagas.running.aws.client("stepfunctions")
    arn = json.loads(sagas.outputs["SagaMachines"])["project-creation"]
    whole = client.describe_state_machine(stateMachineArn=arn)["definition"]

    def change(step: str, function: str, seconds: int | None = None) -> None:
        """Have another function do a step, in so many seconds at most."""
        changed = yaml.safe_load(whole)
        state = changed["States"][first_state(step)]
        state["Parameters"]["FunctionName"] = function
        if seconds is not None:
            state["TimeoutSeconds"] = seconds
        client.update_state_machine(stateMachineArn=arn, definition=json.dumps(changed))

    try:
        yield change
    finally:
        client.update_state_machine(stateMachineArn=arn, definition=whole)


STARTED, COMPLETED = "ProvisioningStarted", "ProvisioningCompleted"
ABANDONED, UNDONE, FAILED = (
    "ProvisioningAbandoned",
    "ProvisioningStepUndone",
    "ProvisioningFailed",
)
