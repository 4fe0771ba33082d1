"""Rows of the read models, from Amplify's SDL. Generated: `make docs`."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue


class ProjectStatus(StrEnum):
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    DELETED = "DELETED"


class ServiceType(StrEnum):
    API = "API"
    FRONTEND = "FRONTEND"
    WORKER = "WORKER"


class ServiceStatus(StrEnum):
    ACTIVE = "ACTIVE"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    id: str
    name: str
    description: str | None = None
    status: ProjectStatus
    user_id: str
    owner: str | None = None
    service_count: int
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    id: str
    project_id: str
    name: str
    type: ServiceType
    configuration: JsonValue | None = None
    status: ServiceStatus
    user_id: str
    owner: str | None = None
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCheckpointRow:
    id: str
    service_ids: tuple[str, ...]
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    id: str
    name: str
    value: float
    unit: str
    tags: JsonValue | None = None
    timestamp: str
    source: str
    version: int
    projection_version: int
    created_at: str
    updated_at: str


ROW_CLASSES: dict[str, type] = {
    "Project": ProjectRow,
    "Service": ServiceRow,
    "ServiceCheckpoint": ServiceCheckpointRow,
    "Metric": MetricRow,
}


JSON_FIELDS = frozenset(["configuration", "tags"])
