"""The outputs of a running stack, for people, tests and the web page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import people
from local.aws import REGION
from local.people import PASSWORD_POLICY, Pool

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "templates"
"""The folder of what a system begins with (`skafu seed`)."""
INTROSPECTION = ROOT / "amplify" / "generated" / "model-introspection.json"


@dataclass(frozen=True)
class Addresses:
    """The addresses at which the parts of one stack listen."""

    emulator_port: int
    appsync_port: int
    web_port: int

    @property
    def aws(self) -> str:
        return f"http://127.0.0.1:{self.emulator_port}"

    @property
    def graphql(self) -> str:
        return f"http://127.0.0.1:{self.appsync_port}/graphql"

    @property
    def realtime(self) -> str:
        return f"ws://127.0.0.1:{self.appsync_port}/graphql/realtime"

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def api(self, api_id: str, stage: str) -> str:
        return f"{self.aws}/_aws/execute-api/{api_id}/{stage}"


def outputs(
    addresses: Addresses, pool: Pool, deployed: Mapping[str, str], environment: str, spans: Path
) -> dict[str, Any]:
    """The content of outputs.json."""
    return {
        "commandApiUrl": addresses.api(api_id(deployed), environment),
        "graphqlUrl": addresses.graphql,
        "realtimeUrl": addresses.realtime,
        "webUrl": addresses.web,
        "awsEndpointUrl": addresses.aws,
        "region": REGION,
        "userPoolId": pool.id,
        "userPoolClientId": pool.client_id,
        "eventsTable": deployed.get("EventsTable", ""),
        "eventBus": deployed.get("EventBus", ""),
        "spans": str(spans),
        "users": people.listed(),
    }


def api_id(deployed: Mapping[str, str]) -> str:
    """The REST API's id: an output of its own, or the first label of the host in its URL."""
    host = deployed.get("CommandApiUrl", "https://none").split("//")[1]
    return deployed.get("ApiId") or host.split(".")[0]


def amplify_outputs(addresses: Addresses, pool: Pool, api_key: str) -> dict[str, Any]:
    """The outputs that `ampx` writes for the front end, as of its version 1.4."""
    return {
        "version": "1.4",
        "auth": {
            "aws_region": REGION,
            "user_pool_id": pool.id,
            "user_pool_client_id": pool.client_id,
            "mfa_methods": [],
            "mfa_configuration": "NONE",
            "standard_required_attributes": ["email"],
            "username_attributes": ["email"],
            "user_verification_types": ["email"],
            "groups": [{"Admin": {"precedence": 0}}, {"Developer": {"precedence": 1}}],
            "password_policy": {
                "min_length": PASSWORD_POLICY["MinimumLength"],
                "require_lowercase": True,
                "require_uppercase": True,
                "require_numbers": True,
                "require_symbols": True,
            },
            "unauthenticated_identities_enabled": True,
        },
        "data": {
            "aws_region": REGION,
            "url": addresses.graphql,
            "api_key": api_key,
            "default_authorization_type": "AMAZON_COGNITO_USER_POOLS",
            "authorization_types": ["API_KEY", "AWS_IAM"],
            "model_introspection": json.loads(INTROSPECTION.read_text()),
        },
    }


def skafu_outputs(addresses: Addresses, found: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs that the front end needs of this machine, and the command API for other tools."""
    return {
        "commandApiUrl": found["commandApiUrl"],
        "local": {"userPoolEndpoint": f"{addresses.aws}/"},
    }


def write(path: Path, content: object) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content, indent=2) + "\n")
    fresh.replace(path)
