"""Rows of the read models, from Amplify's SDL. Generated: `make docs`."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue


class ProjectStatus(StrEnum):
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    DELETED = "DELETED"


class ProvisioningStatus(StrEnum):
    NONE = "NONE"
    RUNNING = "RUNNING"
    ABANDONED = "ABANDONED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class RepositoryProvider(StrEnum):
    GITHUB = "GITHUB"
    GITLAB = "GITLAB"
    ARCHIVE = "ARCHIVE"


class DeploymentStatus(StrEnum):
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class ServiceType(StrEnum):
    API = "API"
    FRONTEND = "FRONTEND"
    WORKER = "WORKER"


class ServiceStatus(StrEnum):
    ACTIVE = "ACTIVE"
    DELETED = "DELETED"


class AnalysisStatus(StrEnum):
    REQUESTED = "REQUESTED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class TemplateStatus(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    DEPRECATED = "DEPRECATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    id: str
    name: str
    description: str | None = None
    status: ProjectStatus
    shelf: str | None = None
    user_id: str
    owner: str | None = None
    user_name: str | None = None
    user_email: str | None = None
    template_id: str | None = None
    template_name: str | None = None
    template_revision: int | None = None
    runtime: str | None = None
    region: str | None = None
    features: tuple[str, ...] | None = None
    environment: JsonValue | None = None
    repository_url: str | None = None
    provisioning: ProvisioningStatus
    provisioning_attempt: int
    repository_provider: RepositoryProvider | None = None
    repository_files: int | None = None
    repository_bytes: int | None = None
    repository_sha256: str | None = None
    deployment_count: int
    deployments_succeeded: int
    deployments_failed: int
    success_rate: float | None = None
    last_deployed_at: str | None = None
    last_deployment_status: DeploymentStatus | None = None
    last_deployment_environment: str | None = None
    total_events: int
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
class DeploymentRow:
    id: str
    project_id: str
    deployment_id: str
    environment: str
    revision: str | None = None
    status: DeploymentStatus
    url: str | None = None
    reason: str | None = None
    started_at: str
    ended_at: str | None = None
    user_id: str
    owner: str | None = None
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSummaryRow:
    id: str
    active: int
    archived: int
    services: int
    deployments: int
    user_id: str
    owner: str | None = None
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerPartRow:
    id: str
    contributions: JsonValue
    parts: JsonValue
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerShareRow:
    id: str
    shares: JsonValue
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisioningRunRow:
    id: str
    project_id: str
    attempt: int
    status: ProvisioningStatus
    template_id: str | None = None
    parameters: JsonValue | None = None
    analysis_id: str | None = None
    reason: str | None = None
    failed_step: str | None = None
    steps: JsonValue
    started_at: str
    ended_at: str | None = None
    user_id: str
    owner: str | None = None
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAnalyticsRow:
    id: str
    project_id: str
    day: str
    deployments: int
    succeeded: int
    failed: int
    total_events: int
    user_id: str
    owner: str | None = None
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisRow:
    id: str
    project_id: str
    kind: str
    question: str | None = None
    status: AnalysisStatus
    summary: str | None = None
    findings: JsonValue | None = None
    analyst: str | None = None
    monthly_cost: JsonValue | None = None
    not_judged: tuple[str, ...] | None = None
    reason: str | None = None
    user_id: str
    owner: str | None = None
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRow:
    id: str
    slug: str
    name: str
    description: str | None = None
    revision: int
    status: TemplateStatus
    reason: str | None = None
    paths: tuple[str, ...]
    parameters: JsonValue
    services: JsonValue
    settings: JsonValue
    published_at: str
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDraftRow:
    id: str
    slug: str
    name: str
    description: str | None = None
    revision: int
    differs: bool
    published_digest: str | None = None
    status: TemplateStatus
    reason: str | None = None
    files: JsonValue
    parameters: JsonValue
    services: JsonValue
    settings: JsonValue
    user_id: str
    owner: str | None = None
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
    expires: str
    version: int
    projection_version: int
    created_at: str
    updated_at: str


ROW_CLASSES: dict[str, type] = {
    "Project": ProjectRow,
    "Service": ServiceRow,
    "ServiceCheckpoint": ServiceCheckpointRow,
    "Deployment": DeploymentRow,
    "OwnerSummary": OwnerSummaryRow,
    "OwnerPart": OwnerPartRow,
    "OwnerShare": OwnerShareRow,
    "ProvisioningRun": ProvisioningRunRow,
    "ProjectAnalytics": ProjectAnalyticsRow,
    "Analysis": AnalysisRow,
    "Template": TemplateRow,
    "TemplateDraft": TemplateDraftRow,
    "Metric": MetricRow,
}


JSON_FIELDS: dict[str, frozenset[str]] = {
    "Project": frozenset(["environment"]),
    "Service": frozenset(["configuration"]),
    "ServiceCheckpoint": frozenset([]),
    "Deployment": frozenset([]),
    "OwnerSummary": frozenset([]),
    "OwnerPart": frozenset(["contributions", "parts"]),
    "OwnerShare": frozenset(["shares"]),
    "ProvisioningRun": frozenset(["parameters", "steps"]),
    "ProjectAnalytics": frozenset([]),
    "Analysis": frozenset(["findings", "monthly_cost"]),
    "Template": frozenset(["parameters", "services", "settings"]),
    "TemplateDraft": frozenset(["files", "parameters", "services", "settings"]),
    "Metric": frozenset(["tags"]),
}
