"""The AWS account that is deployed to: its region, Amplify's parameters, the stack of before."""

from collections.abc import Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.deploy import stack_status
from scripts.deploying.sam_words import NotDeployed
from skafu.reach.trouble import SET_REGION, sentence

# A stack whose first deployment failed: it holds nothing any more and can only be deleted.
FAILED_AT_FIRST = "ROLLBACK_COMPLETE"
STUCK = ("ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
NEW = (None, "REVIEW_IN_PROGRESS", "DELETE_COMPLETE")


def session(words: Sequence[str]) -> boto3.Session:
    """Return a session with the region and profile that SAM will take. Raises `NotDeployed`."""
    try:
        found = boto3.Session(
            region_name=after("--region", words), profile_name=after("--profile", words)
        )
    except BotoCoreError as error:
        raise NotDeployed(sentence(error)) from None
    if not found.region_name:
        raise NotDeployed(f"{SET_REGION} It is the region that Amplify was deployed to.")
    return found


def after(option: str, words: Sequence[str]) -> str | None:
    place = words.index(option) + 1 if option in words else len(words)
    return words[place] if place < len(words) else None


def check_amplify(aws: boto3.Session, names: Sequence[str]) -> None:
    """Raises `NotDeployed` if Amplify has not yet written the parameters."""
    try:
        missing = aws.client("ssm").get_parameters(Names=[*names])["InvalidParameters"]
    except (BotoCoreError, ClientError) as error:
        raise NotDeployed(sentence(error)) from None
    if missing:
        raise NotDeployed(
            f"Amplify has not written {', '.join(missing)} in {aws.region_name}. Deploy Amplify "
            "first: docs/guides/deploy.md."
        )


def is_new(cloudformation: Any, stack: str) -> bool:  # noqa: ANN401 - boto3 makes clients by name
    """Tell if the stack will be created; remove what a failed first deployment left of it.

    Raises `NotDeployed` for a stack that only a person can mend.
    """
    status = stack_status(cloudformation, stack)
    if status == FAILED_AT_FIRST:
        cloudformation.delete_stack(StackName=stack)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack)
        return True
    if status in STUCK:
        raise NotDeployed(
            f"{stack} is in {status}. See in its events what could not be removed, remove that, "
            f"then the stack: `aws cloudformation delete-stack --stack-name {stack}`."
        )
    return status in NEW
