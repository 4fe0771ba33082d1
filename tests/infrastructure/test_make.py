"""Every target of the Makefile is run: by continuous integration, or here, for real or dry.

Dry means that make prints its commands and each tool is asked if it knows the options.
"""

import ast
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer
from typer.exceptions import TyperException

from scripts import run
from scripts.deploying.sam_words import deployment
from skafu.cli import app

pytestmark = pytest.mark.tools

ROOT = run.ROOT
MAKEFILE = (ROOT / "Makefile").read_text()
INSTALLED = (
    ".venv",
    ".tools",
    "node_modules",
    "frontend/node_modules",
    "local/appsync/node_modules",
)
# In a copy these stand for the stamps, whose names hold a checksum of the folder's own.
STAMPS = (
    "VENV=.venv/pyvenv.cfg",
    "AMPLIFY_NODE=node_modules/.modules.yaml",
    "APPSYNC_NODE=local/appsync/node_modules/.modules.yaml",
    "FRONTEND_NODE=frontend/node_modules/.modules.yaml",
)
DRY = {
    "dev": "ARGS=--no-web",
    "invoke": "FN=CommandApi EVENT=events/command_api/batch.json",
    # The guide to the command line runs it.
    "simulate": "ARGS=--schedules=5",
    "mutate": "ARGS=--sample=20",
    "soak": "",
    "bench": "ARGS=units",
    "screenshots": "",
    "build": "ENV=prod",
    "deploy": "ENV=staging",
    "conformance": "OUTPUTS=Makefile",
    "lock": "ARGS=--upgrade",
}
SLOPPY_PYTHON = "import os\nx = {  'a':1 }\n"
SLOPPY_TYPESCRIPT = 'let a = {b:"c"}\nexport { a as d }\n'
NEAT_PYTHON = 'x = {"a": 1}\n'
NEAT_TYPESCRIPT = "const a = { b: 'c' };\nexport { a as d };\n"


def make(*words: str, folder: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    # The tests may themselves be run by make, whose flags are not meant for this one.
    own = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    return subprocess.run(["make", *words], cwd=folder, env=own, capture_output=True, text=True)


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", MAKEFILE, re.MULTILINE))


def run_by_integration() -> set[str]:
    return set(re.findall(r"^make ([a-z-]+)", (ROOT / ".ci/run").read_text(), re.MULTILINE))


def run_here() -> Iterator[str]:
    """Yield the targets of every call of `make` in this file."""
    for node in ast.walk(ast.parse(Path(__file__).read_text())):
        match node:
            case ast.Call(func=ast.Name(id="make"), args=words):
                texts = [word.value for word in words if isinstance(word, ast.Constant)]
                yield from (str(text) for text in texts if re.fullmatch("[a-z][a-z-]+", str(text)))


def planned(target: str, variables: str) -> list[list[str]]:
    """List the commands of a dry run, without those that only install or look around."""
    done = make("--dry-run", target, *variables.split())
    assert done.returncode == 0, done.stderr
    lines = done.stdout.replace("\\\n", " ").splitlines()
    commands = [re.sub(r"^(exec |[A-Z_0-9]+=\S+ |for .* do +)+", "", line) for line in lines]
    return [shlex.split(c.partition(" || ")[0]) for c in commands if is_of_the_project(c)]


def is_of_the_project(command: str) -> bool:
    return bool(re.match(r"\.venv/bin/python -m (scripts|skafu)|sam |\.tools/uv/bin/uv ", command))


def refusal(command: list[str]) -> str | None:
    """Return why a tool would not take a command, as far as that can be said without running it."""
    match command:
        case [_, "-m", "skafu.cli", *arguments]:
            return refused_by(app, arguments)
        case [_, "-m", "scripts.run", *names]:
            return None if run.chosen(names) else "no suite"
        case [python, "-m", "scripts.mutate", *words]:
            return unknown(words, help_of(python, "-m", "scripts.mutate"))
        case [_, "-m", "scripts.chromium"]:
            return None
        case [_, "-m", "scripts.deploy", action, environment, *words]:
            wanted = deployment(environment, words)
            line = wanted.build() if action == "build" else wanted.deploy(protected=True)
            return refusal(["sam", *line])
        case ["sam", name, *arguments]:
            return unknown(arguments, help_of("sam", name))
        case [uv, "pip", "compile", *arguments]:
            return unknown(arguments, help_of(uv, "pip", "compile"))
    return f"nobody knows {command}"


def refused_by(cli: typer.Typer, arguments: list[str]) -> str | None:
    """Parse a command line of ours to its last argument; nothing is carried out."""
    group = typer.main.get_group(cli)
    try:
        with group.make_context("skafu", list(arguments)) as context:
            name, command, rest = group.resolve_command(context, list(arguments))
            assert command
            command.make_context(name, rest, parent=context)
    except TyperException as error:
        return str(error)
    return None


def unknown(arguments: list[str], words: str) -> str | None:
    options = [word.partition("=")[0] for word in arguments if word.startswith("--")]
    return ", ".join(o for o in options if not re.search(rf"{o}\b", words)) or None


@cache
def help_of(*words: str) -> str:
    done = subprocess.run(
        [*words, "--help"], cwd=ROOT, env=run.environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def skeleton(folder: Path, *files: str) -> Path:
    """Lay a copy of some files over the installed tools."""
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file)
    for name in INSTALLED:
        link_entries(ROOT / name, folder / name)
    return folder


def link_entries(installed: Path, folder: Path) -> None:
    """Make a folder of links, so that who installs anew in the copy removes no more than links."""
    folder.mkdir(parents=True)
    for entry in (each for each in installed.iterdir() if each.name != ".cache"):
        (folder / entry.name).symlink_to(entry)


def tracked() -> list[str]:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_every_target_is_run_by_integration_or_here() -> None:
    assert targets() == run_by_integration() | {*run_here()} | DRY.keys()


@pytest.mark.parametrize("target", DRY)
def test_a_target_that_is_not_run_calls_tools_with_options_that_they_know(target: str) -> None:
    commands = planned(target, DRY[target])

    assert commands
    assert [(c, why) for c in commands if (why := refusal(c))] == []


def test_an_option_that_a_tool_does_not_know_is_noticed() -> None:
    assert refusal(["sam", "deploy", "--config-env", "dev", "--no-such"]) == "--no-such"
    assert refusal(["python", "-m", "skafu.cli", "dev", "--no-such"]) == "No such option: --no-such"


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_every_environment_that_is_deployed_has_its_settings(environment: str) -> None:
    """SAM does not say that it knows no environment of this name: it asks for a stack's name."""
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())

    deploy = settings[environment]["deploy"]["parameters"]
    assert deploy["stack_name"] == f"skafu-{environment}"
    overrides = settings[environment]["global"]["parameters"]["parameter_overrides"]
    assert f"Environment={environment}" in overrides


def test_a_bare_sam_build_and_a_bare_sam_deploy_are_those_of_dev() -> None:
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())

    for command in ("global", "build", "deploy"):
        assert settings["default"][command] == settings["dev"][command]


def test_the_runtime_is_chosen_once_for_the_build_and_the_deployment() -> None:
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())
    sections = [section for section in settings.values() if isinstance(section, dict)]

    for section in sections:
        chosen = " ".join(section["global"]["parameters"]["parameter_overrides"])
        assert "PythonRuntime=" in chosen
        assert "Architecture=" in chosen
        for command in ("build", "deploy"):
            assert "parameter_overrides" not in section.get(command, {}).get("parameters", {})


def test_help_lists_every_target_for_people() -> None:
    shown = make("help").stdout

    described = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
    assert set(re.findall(r"^  make ([a-z-]+)", shown, re.MULTILINE)) == described
    assert 'ARGS="types lint" picks checks' in shown


def test_check_runs_what_it_is_asked_for() -> None:
    done = make("check", "ARGS=lint contract")

    assert re.findall(r"^[a-z-]+(?= +ok| +failed)", done.stdout, re.MULTILINE) == [
        "lint",
        "contract",
    ], done.stdout + done.stderr


def test_check_refuses_what_it_does_not_know() -> None:
    done = make("check", "ARGS=tpyes")

    assert done.returncode != 0
    assert "no check tpyes; there are" in done.stderr


def test_fix_mends_what_is_sloppy(tmp_path: Path) -> None:
    projects = {
        "frontend/src": "frontend",
        "local/appsync/src": "local/appsync",
        "amplify/data": "amplify",
    }
    folder = skeleton(
        tmp_path,
        *("Makefile", "pyproject.toml", "package.json", "pnpm-workspace.yaml"),
        *("eslint.config.js", ".prettierrc.json", ".prettierignore"),
        *(f"{project}/tsconfig.json" for project in projects.values()),
    )
    (folder / "sloppy.py").write_text(SLOPPY_PYTHON)
    for place in projects:
        (folder / place).mkdir()
        (folder / place / "sloppy.ts").write_text(SLOPPY_TYPESCRIPT)

    done = make("fix", *STAMPS, folder=folder)

    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "sloppy.py").read_text() == NEAT_PYTHON
    assert {p: (folder / p / "sloppy.ts").read_text() for p in projects} == dict.fromkeys(
        projects, NEAT_TYPESCRIPT
    )


@pytest.mark.soak  # `make check` compares each file, and trying another domain writes all of them
def test_docs_writes_what_is_there(tmp_path: Path) -> None:
    folder = skeleton(tmp_path, *tracked())
    (folder / "docs/openapi.json").write_text("{}")
    served = [file for file in (folder / "amplify/generated").rglob("*") if file.is_file()]
    times = [file.stat().st_mtime_ns for file in served]

    done = make("docs", *STAMPS, folder=folder)

    assert done.returncode == 0, done.stdout + done.stderr
    stale = [f for f in tracked() if (folder / f).read_bytes() != (ROOT / f).read_bytes()]
    assert not stale, "run `make docs`"
    # `make dev` serves them meanwhile: what is as it should be is left alone.
    assert [file.stat().st_mtime_ns for file in served] == times


def test_clean_leaves_the_data(tmp_path: Path) -> None:
    for name in (*INSTALLED, ".aws-sam", "test-results", ".check_cache", ".local"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", tmp_path)

    make("clean", folder=tmp_path)

    assert {path.name for path in tmp_path.rglob("*") if path.is_dir()} == {
        *("frontend", "local", "appsync", ".local")
    }


def test_what_is_set_up_is_not_set_up_again() -> None:
    """Return the targets that others depend on."""
    done = make("setup-run", "chromium", "python", "node")

    assert done.returncode == 0, done.stderr
    assert "Installing" not in done.stdout


@pytest.mark.parametrize("target", ["invoke", "conformance"])
def test_a_target_says_what_it_misses(target: str) -> None:
    done = make(target)

    assert done.returncode != 0
    assert f"make {target} " in done.stdout
