"""GitHub's events, as AWS's webhook for GitHub puts them on a bus: source `github.com`, detail type
the header `X-GitHub-Event`, detail the payload.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-saas-furls.html
https://docs.github.com/webhooks/webhook-events-and-payloads
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from domain.look_ups import LookUps
from kernel.actor import Actor
from kernel.operation import NamedEnvelope, PlainId
from kernel.texts import readable
from kernel.values import LONGEST_REASON, Url

OURS = "skafu"
"""The member of a GitHub deployment's `payload` that says which deployment of ours it is."""

_urls: TypeAdapter[str] = TypeAdapter(Url)


class _Known(BaseModel):
    """The fields that are needed of a payload; GitHub adds others as it likes."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Ours(_Known):
    model_config = ConfigDict(alias_generator=to_camel)

    project_id: PlainId
    deployment_id: PlainId


class DeploymentStatus(_Known):
    id: int
    state: str
    description: str | None = None
    environment_url: str | None = None


def deployment_status(
    detail: Mapping[str, Any], look_ups: LookUps, reader: Actor
) -> NamedEnvelope | None:
    """A deployment of ours that has ended; nothing while it runs, or when it is not ours."""
    payload = payload_of(detail["deployment"])
    if not isinstance(payload, dict) or OURS not in payload:
        return None
    status = DeploymentStatus.model_validate(detail["deployment_status"])
    match status.state:
        case "success":
            name, data = "complete-deployment", completed(status)
        case "failure" | "error":
            name, data = "fail-deployment", {"reason": reason(status)}
        case _:
            return None
    ours = Ours.model_validate(payload[OURS])
    return {
        "type": name,
        # GitHub delivers again what an operator asks it to; the status stays the same.
        "commandId": f"github.com:deployment_status:{status.id}",
        "aggregateId": ours.project_id,
        "onBehalfOf": look_ups.project_owner(ours.project_id, reader),
        "data": {"deploymentId": ours.deployment_id, **data},
    }


def payload_of(deployment: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON of anybody
    """Return the payload; GitHub keeps what was sent, an object or JSON in a string."""
    payload = deployment.get("payload")
    try:
        return json.loads(payload) if isinstance(payload, str) else payload
    except (ValueError, RecursionError):
        return None


def completed(status: DeploymentStatus) -> dict[str, str]:
    """With its address if it has one that we take: it is complete in any case."""
    try:
        return {"url": _urls.validate_python(status.environment_url)}
    except ValidationError:
        return {}


def reason(status: DeploymentStatus) -> str:
    """Say what GitHub said, as far as we take it: it has failed in any case."""
    said = readable(status.description or "").replace("\0", "\ufffd")
    whole = ": ".join(filter(None, ("GitHub", status.state, said.strip())))
    return whole.encode(errors="replace").decode()[:LONGEST_REASON]
