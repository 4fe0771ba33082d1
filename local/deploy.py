"""Deploy the SAM template into the emulator through CloudFormation, running the functions from
their sources.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from pathlib import Path

from botocore.exceptions import ClientError, WaiterError

from local import template as templates
from local.aws import Aws, Client

BUCKET = "skafu-deployment"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class DeploymentFailed(Exception):
    """CloudFormation refused the template or rolled it back; the message says which resource and
    why.
    """


def deploy(aws: Aws, template: Path, stack: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Create the stack or update it to the template, and return its outputs."""
    upload = Uploads(aws)
    body = templates.packaged(templates.load(template), template.parent, upload.package)
    cloudformation = aws.client("cloudformation")
    change(cloudformation, stack, upload.template(body), parameters)
    return outputs_of(cloudformation, stack)


class Uploads:
    """Puts what is deployed into a bucket, under a name that is its digest."""

    def __init__(self, aws: Aws) -> None:
        self._s3 = aws.client("s3")
        self._s3.create_bucket(Bucket=BUCKET)
        self._endpoint = aws.endpoint

    def _put(self, content: bytes, ending: str) -> str:
        key = hashlib.sha256(content).hexdigest() + ending
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        return key

    def package(self, content: bytes) -> str:
        return f"s3://{BUCKET}/{self._put(content, '.zip')}"

    def template(self, body: templates.Template) -> str:
        return f"{self._endpoint}/{BUCKET}/{self._put(json.dumps(body).encode(), '.json')}"


def change(
    cloudformation: Client, stack: str, template_url: str, parameters: Mapping[str, str]
) -> None:
    exists = updatable(cloudformation, stack)
    name = f"skafu-{uuid.uuid4().hex}"
    try:
        cloudformation.create_change_set(
            StackName=stack,
            ChangeSetName=name,
            ChangeSetType="UPDATE" if exists else "CREATE",
            TemplateURL=template_url,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Capabilities=CAPABILITIES,
        )
    except ClientError as error:
        raise DeploymentFailed(f"{stack}: {error.response['Error']['Message']}") from error
    if not _ready(cloudformation, stack, name):
        return
    cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
    waiter = cloudformation.get_waiter(
        "stack_update_complete" if exists else "stack_create_complete"
    )
    try:
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})
    except WaiterError as error:
        raise DeploymentFailed(reasons(cloudformation, stack)) from error


def _ready(cloudformation: Client, stack: str, name: str) -> bool:
    """Wait for the change set; return False when it contains no change."""
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(
            StackName=stack, ChangeSetName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300}
        )
    except WaiterError as error:
        answer = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        reason = answer.get("StatusReason", "")
        if "didn't contain changes" in reason or "No updates" in reason:
            cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
            return False
        raise DeploymentFailed(f"{stack}: {reason or answer.get('Status')}") from error
    return True


def updatable(cloudformation: Client, stack: str) -> bool:
    """Tell if there is a stack to update; remove first one that was never completed."""
    status = stack_status(cloudformation, stack)
    if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
        cloudformation.delete_stack(StackName=stack)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300}
        )
        return False
    return status not in (None, "REVIEW_IN_PROGRESS", "DELETE_COMPLETE")


def stack_status(cloudformation: Client, stack: str) -> str | None:
    try:
        return str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
    except ClientError:
        return None


def outputs_of(cloudformation: Client, stack: str) -> dict[str, str]:
    answer = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in answer.get("Outputs", [])}


def reasons(cloudformation: Client, stack: str) -> str:
    """Return the failures, the first one first."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failures = [event for event in reversed(events) if "FAILED" in event.get("ResourceStatus", "")]
    lines = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '?')}"
        for event in failures
    ]
    return f"{stack} was not deployed.\n" + "\n".join(lines)
