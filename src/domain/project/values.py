"""Values that commands and events of a project hold."""

from enum import StrEnum
from typing import Annotated, NewType

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationInfo

from kernel.digest import canonical
from kernel.messages import Message
from kernel.texts import one_line, visible
from kernel.values import (
    AS_NUMBER,
    IN_GROUPS,
    NO_CONTROL_CHARACTERS,
    NO_NUL,
    SLUG,
    Expected,
    JsonObject,
    Name,
)

ServiceId = NewType("ServiceId", str)
DeploymentId = NewType("DeploymentId", str)

MAX_SERVICES_AT_CREATION = 20
MAX_FEATURES = 50
MAX_VARIABLES = 50

MAX_PARAMETER_BYTES = 8 * 1024
"""Bytes of all values for the parameters of a template, as JSON."""

ServiceConfiguration = JsonObject


def few_bytes(values: JsonObject) -> JsonObject:
    """Raise `ValueError` for more than `MAX_PARAMETER_BYTES`."""
    if len(canonical(values).encode("utf-8", "surrogatepass")) > MAX_PARAMETER_BYTES:
        raise ValueError("too many bytes")
    return values


TemplateReference = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=SLUG),
    Expected(f"the slug or the id of a template: {IN_GROUPS}; at most 64 characters"),
]
"""A template's slug or its id."""
ParameterValue = bool | int | float | str | tuple[str, ...]
"""A value for a parameter of a template. JSON's types are told apart: `1` is no text."""
ParameterValues = dict[str, ParameterValue]
GivenParameters = Annotated[
    JsonObject,
    AfterValidator(few_bytes),
    Expected(f"an object of at most {MAX_PARAMETER_BYTES} bytes"),
]
"""Values for a template's parameters as they are sent; the template says which it takes."""
Region = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$", max_length=32),
    Expected("the code of an AWS region, such as eu-central-1; at most 32 characters"),
]
Feature = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+([-_.][a-z0-9]+)*$", max_length=64),
    Expected(
        "lower-case letters and digits, in groups separated by single hyphens, dots or "
        "underscores; at most 64 characters"
    ),
]
VariableName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$"),
    Expected("letters, digits and underscores, with no digit first; at most 128 characters"),
]
VariableValue = Annotated[
    str,
    StringConstraints(max_length=1024, pattern=NO_NUL),
    Expected("text of at most 1024 characters, without NUL characters"),
]
EnvironmentName = Annotated[
    str,
    StringConstraints(pattern=SLUG, max_length=32),
    Expected(f"{IN_GROUPS}; at most 32 characters"),
]
Branch = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, pattern=NO_CONTROL_CHARACTERS),
    AfterValidator(one_line),
    AfterValidator(visible),
    Expected("text of 1 to 255 characters, without control characters"),
]

ByteCount = Annotated[
    int,
    Field(ge=1, le=2**31 - 1),
    AS_NUMBER,
    Expected("a whole number from 1 to 2147483647"),
]
Sha256 = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    Expected("64 hexadecimal digits in lower case"),
]


def with_other_facts(sha256: str | None, found: ValidationInfo) -> str | None:
    """Raise `ValueError` unless the facts of an archive are given together.

    A fact that is wrong by itself is not among those that were found, and that is fault enough.
    """
    others = [found.data[name] for name in ("files", "bytes") if name in found.data]
    if len(others) == 2 and len({fact is None for fact in (*others, sha256)}) > 1:
        raise ValueError("Give `files`, `bytes` and `sha256` together, or leave all three out.")
    return sha256


ArchiveSha256 = Annotated[
    Sha256 | None, AfterValidator(with_other_facts), Field(validate_default=True)
]
"""The last of the facts of an archive: it is checked that the others came with it."""


class ServiceType(StrEnum):
    API = "API"
    FRONTEND = "FRONTEND"
    WORKER = "WORKER"


class Runtime(StrEnum):
    """The runtime of a project's services; Skafu itself runs on another."""

    PYTHON_3_9 = "python3.9"
    PYTHON_3_13 = "python3.13"
    NODEJS_18 = "nodejs18"
    NODEJS_22 = "nodejs22"
    NODEJS_24 = "nodejs24"


class RepositoryProvider(StrEnum):
    GITHUB = "GITHUB"
    GITLAB = "GITLAB"
    ARCHIVE = "ARCHIVE"


class ProvisioningStep(StrEnum):
    TEMPLATE = "TEMPLATE"
    ANALYSIS = "ANALYSIS"
    REPOSITORY = "REPOSITORY"
    CONFIGURATION = "CONFIGURATION"


class ProjectConfiguration(Message):
    """Runtime, region, features and environment variables of a project."""

    model_config = ConfigDict(extra="forbid")

    runtime: Runtime
    region: Region
    features: Annotated[tuple[Feature, ...], Field(max_length=MAX_FEATURES)] = ()
    environment: Annotated[dict[VariableName, VariableValue], Field(max_length=MAX_VARIABLES)] = (
        Field(default_factory=dict)
    )


class NewService(Message):
    """A service to be added, with the id that it will have."""

    service_id: ServiceId
    service_name: Name
    service_type: ServiceType
    configuration: ServiceConfiguration = Field(default_factory=dict)
