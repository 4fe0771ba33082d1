"""Resources keep their names: one that is given another name is replaced."""

from typing import Any

from tests.support import template
from tests.support.template import projectors

# The function of each projection, its queue, and where hints lie that a new queue would not have.
NAMES = {
    "analyses": ("Analysis", "skafu-analyses", "skafu-analysis-projector"),
    "owners": ("Owner", "skafu-owners", "skafu-owner-projector"),
    "projects": ("Project", "skafu-projects", "skafu-project-projector"),
    "templates": ("Template", "skafu-templates", "skafu-template-projector"),
    "services": ("Service", "skafu-services", "skafu-service-projector"),
}


def test_resources_keep_their_names() -> None:
    found = {
        projection: (
            function.removesuffix("Projector"),
            name_of(function.replace("Projector", "Queue"), "QueueName"),
            name_of(function, "FunctionName"),
        )
        for projection, function in projectors().items()
    }

    assert found == NAMES


def name_of(resource: str, kind: str) -> str:
    properties: dict[str, Any] = template.written()[resource]["Properties"]
    return str(properties[kind]).removesuffix("-${Environment}")
