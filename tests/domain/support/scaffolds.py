"""Scaffolds of the templates in templates/, as the saga renders them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from adapters.jinja.renderer import JinjaRenderer
from domain.fitting import fitting
from domain.project.values import ServiceType
from domain.scaffold import Facts, ScaffoldService, values_of
from domain.template.commands import DraftTemplate
from domain.template.parameters import recorded
from domain.template.values import Given
from skafu.seeding.folders import read
from tests.support.paths import ROOT

FOLDER = ROOT / "templates"
FEATURES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "full-stack-template": ((), ("database", "monitoring")),
    "react-template": ((), ("dark-mode", "monitoring")),
    "sam-api-template": ((), ("auth", "database", "monitoring")),
    "worker-template": ((), ("database", "monitoring")),
}
"""Two sets of features for each template: none, and all that it knows."""
CASES = [(slug, features) for slug, sets in FEATURES.items() for features in sets]
FEWEST = Facts(
    name="Mobile checkout",
    project_id="0198f2a0-0000-7000-8000-000000000001",
    region="eu-central-1",
    runtime="python3.13",
    services=(ScaffoldService("0198f2a0-0000-7000-8000-000000000002", "API", ServiceType.API),),
)


@cache
def drafted(slug: str) -> DraftTemplate:
    """Return the command that drafts the template."""
    (seed,) = read(FOLDER / slug)
    return DraftTemplate.model_validate({"owner": "sub::name", **seed.creation.data})


@cache
def rendered(slug: str, facts: Facts) -> Mapping[str, str]:
    """Return the files of a project that leaves all parameters out."""
    return rendered_with(slug, facts, {})


def rendered_with(slug: str, facts: Facts, parameters: Mapping[str, Given]) -> Mapping[str, str]:
    command = drafted(slug)
    values = fitting(recorded(command.parameters), parameters)
    files = {file.path: file.content for file in command.files}
    return JinjaRenderer().render(files, dict[str, Any](values_of(facts, values)))
