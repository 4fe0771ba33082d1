"""Rules of the repository as a whole, read from its files."""

import ast
import json
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import features
from scripts.figures.code import Documented, opens_so
from scripts.figures.imports import EVERY_KIND, cycles, graph, imports, module_name
from scripts.figures.sources import Source
from scripts.trying.belongings import goes
from tests.support import init, samples, template

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
# Their files become Python when they are rendered.
TEMPLATES = ROOT / "templates"
# Each layer with those that it may import besides itself. The engine and the domain do not know
# each other; the registry of the domain (REGISTRY) alone imports projections.
MAY_IMPORT: dict[str, set[str]] = {
    "kernel": set(),
    "domain": {"kernel"},
    "projections": {"kernel", "domain"},
    "application": {"kernel"},
    "adapters": {"kernel", "application"},
    "edge": {"kernel", "application"},
    "handlers": {"kernel", "domain", "projections", "application", "adapters", "edge"},
}
REGISTRY = "domain/contents.py"
# Libraries and layers whose import costs a cold start a twentieth of a second or more (`make bench
# ARGS=cold_start`), and the entry points that need them.
HEAVY: dict[str, set[str]] = {
    "boto3": {"command_api", "run_command", "integrate_events", "projector", "query_api",
              "publish_events", "feed_events", "react", "saga_events", "saga_step",
              "write_metrics", "reconcile"},
    "domain": {"command_api", "run_command", "integrate_events", "projector", "query_api",
               "react", "saga_events", "saga_step", "write_metrics", "reconcile", "store_job"},
    "aws_lambda_powertools.event_handler": {"command_api", "run_command", "integrate_events",
                                            "query_api", "react", "saga_step"},
    "gql": {"projector", "query_api", "write_metrics", "reconcile"},
    "jinja2": set(),
}  # fmt: skip
INIT = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
importlib.import_module("handlers." + sys.argv[2])
print(json.dumps([name for name in sys.argv[3:] if name in sys.modules]))
"""
ENGINE = ("kernel", "application", "adapters", "edge")
PURE = ("kernel", "domain", "projections")
SOURCES = sorted(file.relative_to(SRC).as_posix() for file in SRC.rglob("*.py"))
# Rules read files with Jinja2's parser, a pure function of a text (docs/adr).
PARSED = "kernel/scaffolds.py"
EVENT_MODULES = sorted(SRC.glob("domain/*/events.py"))
# Percent of a folder's docstrings that may begin with What, As, Of and the like; only lowered.
DOCSTRINGS = {"src": 3, "skafu": 3, "local": 3, "tests": 3, "scripts": 3}
# Split, so that this file does not hold what it forbids.
MACHINE = re.compile(
    r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|home/\w+|Users/\w+)/|/opt/(?:whe" + r"els|py" + r"pi)"
    r'|"resolved": "ht' + r"tp|tarball: ht" + r"tp|ind" + r"ex-url|find" + r"-links"
    r"|files\.python" + r"hosted|registry\.npm" + r"js|py" + r"pi\.org/simple"
)


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), str(file))


def imported(file: Path) -> Iterator[str]:
    """The first word of every import, wherever it stands in the file."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def tracked() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def functions() -> dict[str, str]:
    """Handler modules of template.yaml, by logical id."""
    return {
        name: resource["Properties"]["Handler"].split(".")[1]
        for name, resource in template.written().items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


EVENT_BASES = {"Event", "HandedOver"}


def event_classes(module: Path) -> set[str]:
    return {
        node.name
        for node in tree(module).body
        if isinstance(node, ast.ClassDef) and not EVENT_BASES.isdisjoint(bases(node))
    }


def bases(node: ast.ClassDef) -> Iterator[str]:
    yield from (base.id for base in node.bases if isinstance(base, ast.Name))


def union_members(module: Path) -> set[str]:
    """Names in `<Aggregate>Event = Annotated[A | B, ...]`."""
    unions = [
        node.value
        for node in tree(module).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith("Event")
    ]
    return {
        node.id for union in unions for node in ast.walk(union) if isinstance(node, ast.Name)
    } - {"Annotated", "Field"}


def function_lengths() -> list[int]:
    return sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for file in SRC.rglob("*.py")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def docstrings(folder: str) -> Iterator[tuple[str, str]]:
    """Yield each docstring of a folder with its place."""
    for file in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(tree(file)):
            if isinstance(node, Documented) and (text := ast.get_docstring(node)):
                yield f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}", text


@pytest.mark.parametrize("source", SOURCES)
def test_imports_point_inward_only(source: str) -> None:
    layer = source.partition("/")[0]
    allowed = {layer, *MAY_IMPORT[layer]} | ({"projections"} if source == REGISTRY else set())

    assert set(imported(SRC / source)) & MAY_IMPORT.keys() <= allowed


def test_only_entry_points_import_the_wiring() -> None:
    importers = [s for s in SOURCES if "wiring" in names_imported(SRC / s)]

    assert importers
    assert [s for s in importers if not s.startswith("handlers/")] == []


def names_imported(file: Path) -> set[str]:
    return {
        alias.name
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("handlers")
        for alias in node.names
    }


def test_handlers_are_entry_points_and_their_wiring() -> None:
    found = {file.stem for file in (SRC / "handlers").glob("*.py")}

    assert found == {*functions().values(), "wiring", "__init__"}


def test_no_file_imports_itself_in_a_circle() -> None:
    own = [file for file in tracked() if not file.is_relative_to(TEMPLATES)]
    read = [read_source(file) for file in own if file.suffix == ".py"]
    edges, layers = imports(read), {source.module: source.layer for source in read}

    assert len(edges) > 1000
    assert cycles(graph(edges, EVERY_KIND, module_name)) == []
    assert cycles(graph(edges, EVERY_KIND, layers.__getitem__)) == []


def read_source(file: Path) -> Source:
    path = file.relative_to(ROOT)
    layer = "registry" if path == Path("src") / REGISTRY else path.parts[path.parts[0] == "src"]
    inner = path.relative_to("src") if path.parts[0] == "src" else path
    parts = inner.parent.parts if inner.name == "__init__.py" else inner.with_suffix("").parts
    # Benchmarks and scripts use helpers of the tests, and tests check both.
    layer = "tests" if layer in ("benchmarks", "scripts") else layer
    return Source(str(path), layer, ".".join(parts), tree(file))


@pytest.mark.parametrize("handler", init.handlers())
def test_a_function_imports_at_init_no_heavy_library_that_it_does_not_need(handler: str) -> None:
    command = [sys.executable, "-c", INIT, str(SRC), handler, *HEAVY]
    started = subprocess.run(
        command, env=init.handlers()[handler], capture_output=True, text=True, check=True
    )

    assert set(json.loads(started.stdout)) == {n for n, users in HEAVY.items() if handler in users}


@pytest.mark.parametrize("source", [s for s in SOURCES if s.startswith(PURE)])
@pytest.mark.feature("C13")
def test_rules_and_projections_know_nothing_but_the_standard_library_and_pydantic(
    source: str,
) -> None:
    known = {
        *sys.stdlib_module_names,
        "kernel",
        "domain",
        "projections",
        "pydantic",
        "pydantic_core",
    }
    # The local stack imports these modules once for functions of different environments.
    environment = {"os", "sys", "threading"}
    parser = {"jinja2"} if source == PARSED else set()

    assert set(imported(SRC / source)) <= (known - environment) | parser


@pytest.mark.parametrize("module", EVENT_MODULES, ids=lambda module: module.parent.name)
def test_every_event_is_in_its_union(module: Path) -> None:
    assert event_classes(module) == union_members(module)


def test_every_function_has_a_handler_and_a_sample_payload() -> None:
    handlers = functions()
    busy = [handler for function, handler in handlers.items() if function not in samples.IDLE]

    assert busy
    assert [h for h in handlers.values() if not (SRC / "handlers" / f"{h}.py").exists()] == []
    assert [h for h in busy if not list((ROOT / "events" / h).glob("*.json"))] == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in tracked()
        for number, line in enumerate(file.read_text(errors="ignore").splitlines(), 1)
        if MACHINE.search(line)
    ]

    assert found == []


@pytest.mark.parametrize("page", ["docs/adr/README.md", "docs/architecture.md"])
def test_every_decision_is_linked(page: str) -> None:
    text = (ROOT / page).read_text()
    decisions = sorted(file.name for file in (ROOT / "docs/adr").glob("0*.md"))

    assert [name for name in decisions if f"{name})" not in text] == []


@pytest.mark.feature("L12", "W18")
def test_every_test_that_a_page_names_exists() -> None:
    """Leave out tests of the domain, which tests/domain looks for."""
    named = [test for test in features.named_by_pages() if not goes(test)]

    assert named
    assert [test for test in named if not features.exists(test)] == []


@pytest.mark.feature("M7")
def test_the_top_level_is_the_one_that_was_asked_for() -> None:
    asked = ("template.yaml", "samconfig.toml", "amplify/", "src/handlers/", "src/domain/",
             "events/", "tests/")  # fmt: skip

    assert [name for name in asked if not (ROOT / name).exists()] == []
    assert all((ROOT / name).is_dir() for name in asked if name.endswith("/"))


@pytest.mark.feature("M6")
def test_the_named_packages_are_locked_and_used() -> None:
    """Each where it belongs: SAM's command line is no library, so it has an environment."""
    assert "aws-sam-cli==" in (ROOT / "requirements/sam.txt").read_text()
    for lock, folder, packages in (
        ("src/requirements.txt", "src", {"boto3", "aws-lambda-powertools", "gql", "pydantic"}),
        ("requirements/dev.txt", "tests", {"moto", "pytest"}),
    ):
        locked = (ROOT / lock).read_text()
        text = "\n".join(file.read_text() for file in (ROOT / folder).rglob("*.py"))
        for package in packages:
            assert re.search(rf"^{package}(\[\w,]+\])?==", locked, re.M), package
            module = package.replace("-", "_")
            assert re.search(rf"^ *(import|from) {module}\b", text, re.M), package


def test_functions_stay_small() -> None:
    lengths = function_lengths()

    assert statistics.median(lengths) <= 6
    assert lengths[int(0.9 * len(lengths))] <= 20


@pytest.mark.parametrize("folder", DOCSTRINGS)
def test_docstrings_begin_with_a_verb_or_the_noun_of_the_thing(folder: str) -> None:
    written = list(docstrings(folder))
    others = [f"{place}: {text.splitlines()[0]}" for place, text in written if opens_so(text)]

    assert written
    assert len(others) <= DOCSTRINGS[folder] / 100 * len(written), "\n".join(others)
