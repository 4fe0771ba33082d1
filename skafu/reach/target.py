"""The system that a command works on: the local stack, or an environment in AWS."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer

from handlers import wiring
from local.aws import ACCOUNT, REGION

LOCAL_OUTPUTS = Path(__file__).resolve().parents[2] / "local" / "outputs.json"

EnvironmentOption = Annotated[
    str, typer.Option("--environment", "-e", help="`local`, or the name of an environment in AWS.")
]
OutputsOption = Annotated[
    Path,
    typer.Option("--outputs", help="The file outputs.json of the local stack.", dir_okay=False),
]


@dataclass(frozen=True, slots=True)
class Target:
    """An environment, reached through this process' AWS settings."""

    environment: str

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes clients by name
        make: Any = boto3.client
        return make(service)

    def stack_outputs(self) -> dict[str, str]:
        stacks = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
        return {o["OutputKey"]: o["OutputValue"] for o in stacks[0].get("Outputs", [])}

    @property
    def stack(self) -> str:
        return f"skafu-{self.environment}"


def select(environment: str, outputs: Path) -> Target:
    """Point this process at the environment: the functions' own wiring then finds everything."""
    forget_what_was_made()
    target = Target(environment)
    graphql_url = _local(outputs) if environment == "local" else _deployed(target)
    os.environ |= {
        "EVENTS_TABLE": f"skafu-events-{environment}",
        "CLAIMS_TABLE": f"skafu-claims-{environment}",
        "COMMANDS_TABLE": f"skafu-commands-{environment}",
        "FEED_TABLE": f"skafu-feed-{environment}",
        "KEY_TABLE": f"skafu-keys-{environment}",
        "SEALING_KEY": f"alias/skafu-{environment}",
        "OPEN_KEY_SECONDS": "60",
        "EVENT_BUS": f"skafu-events-{environment}",
        "ERROR_BUS": f"skafu-errors-{environment}",
        "GRAPHQL_URL": graphql_url,
    }
    return target


def forget_what_was_made() -> None:
    """Forget the clients that the wiring made: another environment needs others."""
    for made in vars(wiring).values():
        if hasattr(made, "cache_clear"):
            made.cache_clear()


def _local(outputs: Path) -> str:
    if not outputs.exists():
        raise typer.BadParameter(f"{outputs} does not exist: is `make dev` running?")
    found = json.loads(outputs.read_text())
    os.environ |= {
        "AWS_ENDPOINT_URL": found["awsEndpointUrl"],
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    return str(found["graphqlUrl"])


def _deployed(target: Target) -> str:
    """Return the URL that Amplify wrote to SSM for this environment."""
    name = f"/skafu/{target.environment}/graphqlUrl"
    return str(target.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])
