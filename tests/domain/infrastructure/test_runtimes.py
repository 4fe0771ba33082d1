"""Runtimes that projects may have are those that AWS Lambda has, and none is retired unnoticed.

cfn-lint, which comes with the tools of this repository, knows until when AWS supports each.
"""

import json
from functools import cache
from typing import Any

import pytest

from domain.project.values import Runtime
from domain.runtimes import AS_OF, LIFECYCLES, successor
from tests.support.paths import ROOT

pytestmark = pytest.mark.feature("C8")
LIFECYCLE = "cfnlint/data/AdditionalSpecs/LmbdRuntimeLifecycle.json"


@cache
def known() -> dict[str, Any]:
    """Return cfn-lint's table, by AWS's names. It must be there."""
    (file,) = (ROOT / ".tools/sam").glob(f"lib/python*/site-packages/{LIFECYCLE}")
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def of_aws(runtime: Runtime) -> dict[str, str]:
    """Return the row of a runtime, which AWS calls `nodejs22.x` where projects say `nodejs22`."""
    found: dict[str, str] = known()[f"{runtime}.x" if runtime.startswith("nodejs") else runtime]
    return found


def test_every_runtime_has_its_row() -> None:
    assert LIFECYCLES.keys() == set(Runtime)


@pytest.mark.parametrize("runtime", Runtime)
def test_a_runtime_is_supported_as_long_as_cfn_lint_says(runtime: Runtime) -> None:
    life = LIFECYCLES[runtime]

    assert life.supported_until == of_aws(runtime)["deprecated"]
    assert life.is_retired == (of_aws(runtime)["deprecated"] < AS_OF)


@pytest.mark.parametrize("runtime", Runtime)
def test_what_a_scaffold_uses_is_alive_and_of_the_same_language(runtime: Runtime) -> None:
    used = Runtime(successor(runtime))

    assert of_aws(used)["deprecated"] > AS_OF
    assert used.rstrip("0123456789.") == runtime.rstrip("0123456789.")


@pytest.mark.parametrize("runtime", Runtime)
def test_a_living_runtime_is_kept(runtime: Runtime) -> None:
    assert (successor(runtime) == runtime) == (not LIFECYCLES[runtime].is_retired)


@pytest.mark.parametrize(
    ("runtime", "used"),
    [
        ("python3.9", "python3.13"),
        ("nodejs18", "nodejs24"),
        ("nodejs22", "nodejs22"),
        ("cobol", "cobol"),
    ],
)
def test_the_retired_ones_of_the_examples_have_these_successors(runtime: str, used: str) -> None:
    assert successor(runtime) == used
