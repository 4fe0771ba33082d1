"""The files of a tree that are its domain's: they go when another domain comes."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

# In a pattern `*` stands for any characters, those between folders included.
WRITTEN = (
    *("src/domain/*", "src/projections/*", "amplify/data/schema.ts", "amplify/data/resolvers/*"),
    "statemachines/*",
    "templates/*",
    *("events/*", "frontend/src/*", "frontend/tests/*"),
    # The domain's records: its tests, its tables, and what it has stored, promised and cost so far.
    *("tests/domain/*", "docs/authorization.yaml", "docs/read-models.yaml"),
    *("tests/corpus/*", "schemas/released/*", "tests/cost/*"),
)
GENERATED = (
    *("amplify/generated/*", "src/projections/generated/*", "schemas/*", "template.yaml"),
    *("docs/openapi.json", "docs/events.md", "docs/authorization.md", "docs/merging.md"),
    *("docs/features.md", "docs/guarantees.md", "docs/permissions.md", "docs/operations.md"),
    *("docs/metrics.md", "docs/reference/*", "docs/cost.md", "frontend/src/api/openapi.d.ts"),
)
# These lie beside the domain's and are the engine's.
ENGINE = (
    *("src/projections/generated/*", "statemachines/command.asl.yaml", "tests/corpus/README.md"),
    *("events/api_docs/*", "events/run_command/*", "events/saga_events/*", "events/react/*"),
    *("events/write_metrics/*", "events/store_job/*", "statemachines/store_job.asl.yaml"),
)


def goes(name: str) -> bool:
    """Tell whether a file was written for one domain, by hand or once by a command."""
    return matches(name, WRITTEN) and not matches(name, ENGINE)


def may_differ(name: str) -> bool:
    """Tell whether a file may be another one with another domain."""
    return goes(name) or matches(name, GENERATED)


def matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
