"""The files of a tree that are its domain's: they go when another domain comes."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

# In a pattern `*` stands for any characters, those between folders included.
SOURCES = (
    *("src/domain/*", "src/projections/*", "amplify/data/schema.ts"),
    *("statemachines/*", "events/*", "frontend/src/*", "frontend/tests/*"),
)
RECORDS = (
    *("tests/domain/*", "tests/corpus/*", "tests/cost/*", "schemas/released/*"),
    *("docs/authorization.yaml", "docs/read-models.yaml"),
)
# `make docs` and `skafu cost --accept` write these.
GENERATED = (
    *("amplify/generated/*", "src/projections/generated/*", "schemas/*", "template.yaml"),
    *("docs/openapi.json", "docs/events.md", "docs/authorization.md", "docs/cost.md"),
    "frontend/src/api/openapi.d.ts",
)
# The engine's own, in folders of the domain.
ENGINE = (
    *("src/projections/generated/__init__.py", "statemachines/command.asl.yaml"),
    *("events/api_docs/*", "events/run_command/*", "tests/corpus/README.md"),
)


def matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def is_domains(name: str) -> bool:
    """Tell whether a file belongs to the domain, or is made of what does."""
    owned = matches(name, (*SOURCES, *RECORDS, *GENERATED))
    return owned and not matches(name, ENGINE)


def is_written(name: str) -> bool:
    """Tell whether a file is written for one domain, by hand or once by a command."""
    return matches(name, (*SOURCES, *RECORDS)) and not matches(name, (*ENGINE, *GENERATED[:2]))
