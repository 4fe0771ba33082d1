"""The page checks values and paths by rules of its own: both sides have the same cases."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pydantic import JsonValue, ValidationError

from domain.fitting import ParametersDoNotFit, fitting
from domain.runtimes import LIFECYCLES, successor
from domain.template.commands import TemplateFile, TemplateParameter
from domain.template.events import Parameter
from domain.template.files import recorded_files
from domain.template.parameters import recorded
from kernel.errors import DomainError
from tests.support.paths import ROOT

CASES = json.loads(
    (ROOT / "frontend/tests/features/newProject/fitting.json").read_text(encoding="utf-8")
)
PATHS = json.loads(
    (ROOT / "frontend/tests/features/templates/paths.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES)
def test_values_fit_here_exactly_when_they_fit_on_the_page(case: dict[str, Any]) -> None:
    parameters = recorded([TemplateParameter.model_validate(case["parameter"])])
    given = {"p": case["value"]} if "value" in case else {}
    assert fits(parameters, given) is case["fits"]


def fits(parameters: Sequence[Parameter], given: Mapping[str, JsonValue]) -> bool:
    try:
        fitting(parameters, given)
    except ParametersDoNotFit:
        return False
    return True


@pytest.mark.parametrize("case", PATHS)
def test_paths_are_usable_here_exactly_when_they_are_on_the_page(case: dict[str, Any]) -> None:
    assert usable(case["paths"]) is case["fit"]


def usable(paths: list[str]) -> bool:
    files = [{"path": path, "content": ""} for path in paths]
    try:
        recorded_files([TemplateFile.model_validate(file) for file in files])
    except (DomainError, ValidationError):
        return False
    return True


def test_the_page_knows_which_runtimes_are_retired_and_what_takes_their_place() -> None:
    told = json.loads(
        (ROOT / "frontend/src/features/newProject/successors.json").read_text(encoding="utf-8")
    )
    retired = {name: life.is_retired for name, life in LIFECYCLES.items()}
    assert told == {name: successor(name) if retired[name] else None for name in LIFECYCLES}
