"""Every projection, by name."""

from collections.abc import Mapping

from kernel.projection import Projection
from projections.projects import projects
from projections.services import services

PROJECTIONS: Mapping[str, Projection] = {each.name: each for each in (projects, services)}
