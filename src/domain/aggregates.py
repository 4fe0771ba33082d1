"""Every aggregate of the domain."""

from typing import Any

from domain.analysis.aggregate import analysis
from domain.decider import Decider
from domain.project.aggregate import project
from domain.template.aggregate import template

DECIDERS: tuple[Decider[Any, Any, Any], ...] = (project, template, analysis)
