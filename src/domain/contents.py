"""Every aggregate of the domain."""

from typing import Any

from domain.analysis.aggregate import analysis
from domain.project.aggregate import project
from domain.template.aggregate import template
from kernel.decider import Decider

DECIDERS: tuple[Decider[Any, Any, Any], ...] = (project, template, analysis)
