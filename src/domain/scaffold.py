"""Values that the files of a scaffold are rendered with: facts of the project, and parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.project.values import ServiceType
from domain.runtimes import successor
from domain.template.commands import Value

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ScaffoldService:
    id: str
    name: str
    type: ServiceType


@dataclass(frozen=True, slots=True)
class Facts:
    """What files may know of a project (`GIVEN` has their names).

    `runtime` is the one that the project names; a scaffold is made for its successor when AWS has
    retired it.
    """

    name: str
    project_id: str
    region: str
    runtime: str
    features: Sequence[str] = ()
    services: Sequence[ScaffoldService] = ()


def values_of(facts: Facts, parameters: Mapping[str, Value]) -> Values:
    """Return plain values by name: a text that has fields of its own could show them in a file."""
    return {
        **{name: plain(value) for name, value in parameters.items()},
        "name": facts.name,
        "projectId": facts.project_id,
        "region": facts.region,
        "runtime": successor(str(facts.runtime)),
        "requestedRuntime": str(facts.runtime),
        "features": [*facts.features],
        "services": [
            {"id": service.id, "name": service.name, "type": str(service.type)}
            for service in facts.services
        ],
    }


def plain(value: Value) -> bool | int | float | str | list[str]:
    return list(value) if isinstance(value, tuple) else value
