"""Builds and deploys an environment: `python -m scripts.deploy build|deploy ENV [words for SAM]`.

What follows from the name of the environment is not asked for: the stack's name, the SSM
parameters that Amplify wrote. The rest is in samconfig.toml.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

import boto3

from local import archives
from local.outputs import SEEDS
from local.sam import executable
from scripts.deploying import account
from scripts.deploying.sam_words import PROTECTION, ROOT, Deployment, NotDeployed, deployment

BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"


def sam(words: Sequence[str]) -> None:
    """Raises `NotDeployed` when SAM fails; SAM has said why."""
    if subprocess.run([str(executable()), *words], cwd=ROOT, check=False).returncode:
        raise NotDeployed(f"`sam {words[0]}` failed; the reason is above.")


def deploy(wanted: Deployment) -> None:
    """Deploy; a new stack first without protection, so that a failure leaves no table behind.

    A protected table survives the rollback of a stack that could not be created, and its name
    then blocks the next attempt.
    """
    aws = account.session(wanted.words)
    account.check_amplify(aws, [*wanted.ssm_names.values()])
    new = account.is_new(aws.client("cloudformation"), wanted.stack)
    sam(wanted.build())
    archives.share(BUILT)
    sam(wanted.deploy(protected=not new))
    if new and PROTECTION not in wanted.parameters:
        sam([*wanted.deploy(protected=True), "--no-confirm-changeset"])
    announce(aws, wanted.environment)
    seed(aws, wanted.environment)


def announce(aws: boto3.Session, environment: str) -> None:
    """Tell the page where the command API is. Raises `NotDeployed`."""
    if skafu(aws, "endpoint", "--environment", environment):
        raise NotDeployed(
            "The functions are deployed, but the page does not know where; when the reason above "
            f"is removed: `skafu endpoint --environment {environment}`."
        )


def seed(aws: boto3.Session, environment: str) -> None:
    """Bring the templates to what their folder says. Raises `NotDeployed`."""
    if SEEDS.exists() and skafu(aws, "seed", "--environment", environment):
        raise NotDeployed(
            "All is deployed, but not every template is as its folder says; when the reason above "
            f"is removed: `skafu seed --environment {environment}`."
        )


def skafu(aws: boto3.Session, *words: str) -> int:
    """Run a command of ours with the region and profile that SAM takes; return its exit code."""
    profile = {} if aws.profile_name == "default" else {"AWS_PROFILE": aws.profile_name}
    settings = os.environ | profile | {"AWS_REGION": aws.region_name}
    command = [sys.executable, "-m", "skafu.cli", *words]
    return subprocess.run(command, cwd=ROOT, env=settings, check=False).returncode


def main(action: str, environment: str, *words: str) -> int:
    try:
        wanted = deployment(environment, words)
        if action == "build":
            sam([*wanted.build(), *wanted.words])
        else:
            deploy(wanted)
    except NotDeployed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
