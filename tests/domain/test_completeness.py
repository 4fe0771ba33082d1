"""The completeness check names each thing that is left out, planted in a copy."""

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = (
    *("src", "skafu", "scripts", "docs", "tests", "template.yaml"),
    *("amplify/data", "amplify/generated/schema.graphql", "frontend/src", "events"),
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "screenshots", "*.png")
ENGINE = ("kernel", "application", "adapters", "edge")
LONGEST = 5.0  # seconds of a processor
MOST = 40  # lines

PROJECT, TEMPLATE, ANALYSIS = (f"src/domain/{name}" for name in ("project", "template", "analysis"))
COMMANDS, EVENTS = f"{PROJECT}/commands.py", f"{PROJECT}/events.py"
AGGREGATE, STREAMS = f"{PROJECT}/aggregate.py", "tests/corpus/streams"
REGISTRY, GROUPS = "src/domain/contents.py", "src/projections/groups.yaml"
SCHEMA = "amplify/data/schema.ts"
ARCHIVE_PANEL = "frontend/src/features/repository/ArchivePanel.tsx"
SHOWN, ROLES = "docs/read-models.yaml", "docs/authorization.yaml"
SDL, ANALYSES = "amplify/generated/schema.graphql", "src/projections/analyses.py"
SERVICES, PROJECTS = "src/projections/services.py", "src/projections/projects.py"
PARK = """class ParkProject(Command):
    type: Literal["ParkProject"] = "ParkProject"


ProjectCommand = ("""
PARKED = """class ProjectParked(Event):
    type: Literal["ProjectParked"] = "ProjectParked"


ProjectEvent = ("""


class Edit(NamedTuple):
    """Every match of the pattern `old` in a file becomes `new`."""

    file: str
    old: str
    new: str


class Line(NamedTuple):
    """The beginning of a line of the check: a file, with or without the line, and what it lacks."""

    file: str
    what: str

    def begins(self, line: str) -> bool:
        return re.match(rf"{re.escape(self.file)}(:\d+)?: {re.escape(self.what)}", line) is not None


class Omission(NamedTuple):
    """Something left out, and the lines that name it."""

    name: str
    edits: tuple[Edit, ...]
    lines: tuple[Line, ...]


# Begins the check anew for each folder that is named, where it leaves what it prints.
FORKS = """
import os, runpy, sys
import application.privacy.sealing, application.reading.history, edge.commands.api, yaml
print("imported", flush=True)
for folder in sys.stdin:
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder.strip() + "/" + name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    runpy.run_module("skafu.completeness", run_name="__main__", alter_sys=True)
"""


class Checked(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


class Checks:
    """A process of which each check is a copy: libraries and the engine are imported once.

    It has imported them before anything is planted there.
    """

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._prints = root.parent
        self._process = subprocess.Popen(
            [sys.executable, "-c", FORKS],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        assert self._process.stdout.readline() == "imported\n"

    def one(self) -> Checked:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{self._prints}\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return Checked(code, *((self._prints / name).read_text() for name in ("out", "err")))

    def end(self) -> None:
        self._process.communicate(timeout=60)


class Copy:
    """A copy of what the check reads; what is planted in it is taken out again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before: dict[Path, str] = {}
        path = os.pathsep.join((str(root / "src"), str(root)))
        self._environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        self._checks = Checks(root, self._environment)

    def replace(self, edit: Edit) -> None:
        path = self.root / edit.file
        text = path.read_text()
        self._before.setdefault(path, text)
        planted, times = re.subn(edit.old, lambda _: edit.new, text)
        assert times, f"{edit.file} holds no {edit.old!r}: plant something else"
        path.write_text(planted)

    def remove(self, file: str) -> None:
        path = self.root / file
        self._before.setdefault(path, path.read_text())
        path.unlink()

    def restore(self) -> None:
        for path, text in self._before.items():
            path.write_text(text)
        self._before.clear()

    def check(self) -> Checked:
        """Run the check; from its first import where the engine is not as it was."""
        touched = any(path.is_relative_to(self.root / "src" / part)
                      for path in self._before for part in ENGINE)  # fmt: skip
        return self.run("-m", "skafu.completeness") if touched else self._checks.one()

    def run(self, *command: str) -> Checked:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.root,
            env=self._environment,
            capture_output=True,
            text=True,
        )
        return Checked(done.returncode, done.stdout, done.stderr)

    def end(self) -> None:
        self._checks.end()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    root = tmp_path_factory.mktemp("completeness") / "tree"
    root.mkdir()
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=LEFT_OUT)
        else:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    copy = Copy(root)
    yield copy
    copy.end()


@pytest.fixture
def copy(tree: Copy) -> Iterator[Copy]:
    yield tree
    tree.restore()


OF_THE_ENGINE = (
    Omission(
        "an engine file that imports a domain",
        (Edit("src/application/commit.py", r"\Z", "from domain.contents import contents\n"),),
        (Line("src/application/commit.py", "the engine imports domain.contents"),),
    ),
    Omission(
        "an engine file that imports a projection",
        (
            Edit(
                "src/kernel/query.py",
                r"\Z",
                "def late() -> None:\n    import projections.projects\n",
            ),
        ),
        (Line("src/kernel/query.py", "the engine imports projections.projects"),),
    ),
    Omission(
        "a domain without a projection",
        (Edit(REGISTRY, r"projections=\([^)]*\)", "projections=()"),),
        (Line(REGISTRY, "no projection"),),
    ),
    Omission(
        "an aggregate that is not registered",
        (Edit(REGISTRY, r"\(project, template, analysis\)", "(project, template)"),),
        (Line(REGISTRY, "analysis of src/domain/analysis/aggregate.py is not registered"),),
    ),
)
"""The check looks at imports and at what is registered first, and ends there."""
OF_THE_PARTS = (
    Omission(
        "two aggregates of one type",
        (
            Edit(
                f"{TEMPLATE}/aggregate.py", 'aggregate_type="TEMPLATE"', 'aggregate_type="PROJECT"'
            ),
        ),
        (
            Line(
                f"{TEMPLATE}/aggregate.py",
                "the aggregate type PROJECT is that of src/domain/project/aggregate.py too",
            ),
        ),
    ),
    Omission(
        "an aggregate that nothing begins",
        (Edit(f"{ANALYSIS}/commands.py", r"\n    creates=True,", ""),),
        (Line(f"{ANALYSIS}/aggregate.py", "no operation of ANALYSIS has creates=True"),),
    ),
    Omission(
        "an example that is given an unknown command",
        (Edit(COMMANDS, r'\(\*CREATED, "archive-project"\)', '(*CREATED, "shelve-project")'),),
        (Line(COMMANDS, "the example of restore-project is given an unknown shelve-project"),),
    ),
    Omission(
        "random commands of an unknown operation",
        (Edit("src/domain/random_commands.py", '"fail-analysis": reason', '"doubt-it": reason'),),
        (Line(REGISTRY, "random_commands name doubt-it"),),
    ),
    Omission(
        "a query that is not registered",
        (Edit(REGISTRY, r"        SERVICE_LIST,\n", ""),),
        (Line(REGISTRY, "SERVICE_LIST of src/projections/services.py is not registered"),),
    ),
)
"""The check names these, and ends, before anything is compared."""
OF_THE_TABLES = (
    Omission(
        "a command without an operation",
        (Edit(COMMANDS, r"ProjectCommand = \(", f"{PARK}\n    ParkProject |"),),
        (Line(COMMANDS, "no operation for the command ParkProject"),),
    ),
    Omission(
        "a command that no test names",
        (Edit(COMMANDS, r"ProjectCommand = \(", PARK.replace("Park", "Pol" + "ish")),),
        (Line("tests", "no test names Pol"),),
    ),
    Omission(
        "a command that is not decided",
        (Edit(AGGREGATE, r"        case commands\.UnlinkRepository\(\):\n.*\n", ""),),
        (Line(AGGREGATE, "decide_active has no case for UnlinkRepository"),),
    ),
    Omission(
        "an operation without a role",
        (
            Edit(
                COMMANDS,
                r'"DELETE /projects/<id>/repository",\n    Who\.OWNER',
                '"DELETE /projects/<id>/repository",\n    None',
            ),
        ),
        (Line(COMMANDS, "unlink-repository has no role"),),
    ),
    Omission(
        "an operation without a merge entry",
        (Edit(COMMANDS, r'both\(HELD, always\("template"\)\)', "None"),),
        (Line(COMMANDS, "choose-template has no merge entry"),),
    ),
    Omission(
        "an operation without an example",
        (Edit(COMMANDS, r'Example\(given=\(\*CREATED, "archive-project"\)\)', "None"),),
        (Line(COMMANDS, "restore-project has no example"),),
    ),
    Omission(
        "an example with data that is not valid",
        (Edit(f"{TEMPLATE}/commands.py", r'"reason": "Use web-api-2\."', '"raison": "Use it."'),),
        (
            Line(
                f"{TEMPLATE}/commands.py",
                "the typical example of deprecate-template is refused: data.",
            ),
        ),
    ),
    Omission(
        "an example that the rules refuse",
        (
            Edit(
                COMMANDS,
                r'Example\(\{"serviceName": "orders"\}.*',
                'Example({"serviceName": "orders"}, {"serviceName": "o"}, CREATED),',
            ),
        ),
        (
            Line(
                COMMANDS,
                "the typical example of change-service is refused: The project has no such service",
            ),
        ),
    ),
    Omission(
        "an event that is not in its union",
        (Edit(EVENTS, r"ProjectEvent = \(", PARKED),),
        (
            Line(EVENTS, "ProjectParked is not in ProjectEvent"),
            Line(AGGREGATE, "the events of no aggregate hold ProjectParked"),
        ),
    ),
    Omission(
        "an event without a merge entry",
        (Edit(EVENTS, r'    touches = always\("template"\)\n', ""),),
        (Line(EVENTS, "TemplateChosen has no merge entry"),),
    ),
    Omission(
        "a body that is not used",
        (Edit(f"{TEMPLATE}/bodies.py", r"\n    ReviseTemplateBody,", ""),),
        (Line(f"{TEMPLATE}/bodies.py", "ReviseTemplateBody is not among the bodies"),),
    ),
    Omission(
        "an event without a place in evolve",
        (Edit(AGGREGATE, r"        case events\.ProjectHandedOver\(.*\n.*\n", ""),),
        (Line(AGGREGATE, "evolve_parts has no case for ProjectHandedOver"),),
    ),
    Omission(
        "an event without a row among the read models",
        (Edit(SHOWN, r"(?s)    TemplateChosen:.*?\n(?=    \w)", ""),),
        (Line(SHOWN, "no row for the event TemplateChosen of project"),),
    ),
    Omission(
        "a field of an event without a row",
        (Edit(SHOWN, r"      defaultBranch:.*\n", ""),),
        (Line(SHOWN, "no row for defaultBranch of the event RepositoryLinked"),),
    ),
    Omission(
        "a projection that names an event of another aggregate",
        (
            Edit(SERVICES, r"relevant=get_args\(ServiceEvent\)", "relevant=(TemplateDrafted,)"),
            Edit(
                SERVICES,
                "from typing import get_args",
                "from domain.template.events import TemplateDrafted",
            ),
        ),
        (Line(SERVICES, "services names TemplateDrafted, which is no event of project"),),
    ),
    Omission(
        "a projection of an unknown model",
        (Edit(PROJECTS, r'"Project"\),\n    touches', '"Projekt"),\n    touches'),),
        (Line(SCHEMA, "no model Projekt"),),
    ),
    Omission(
        "a projection without a group",
        (Edit(GROUPS, "(?s)services:.*", ""),),
        (Line(GROUPS, "the projection services has no group"),),
    ),
    Omission(
        "a command without a row in the table of roles",
        (Edit(ROLES, r"  link-repository:.*\n", ""),),
        (
            Line(ROLES, "no row for link-repository below commands"),
            Line(ROLES, "no row for link-repository below machines"),
        ),
    ),
    Omission(
        "a query without a row in the table of roles",
        (Edit(ROLES, r"  list_services:.*\n", ""),),
        (Line(ROLES, "no row for list_services below operations"),),
    ),
    Omission(
        "a field that the schema calls otherwise",
        (Edit(SCHEMA, r"analyst: a\.string", "author: a.string"),),
        (Line(ANALYSES, f"the projection analyses shows Analysis.analyst, a field that {SCHEMA}"),),
    ),
    Omission(
        "a value of an enum that the schema has no more",
        (Edit(SCHEMA, r"'REQUESTED', ", ""),),
        (Line(ANALYSES, "the projection analyses may show REQUESTED as Analysis.status, a value"),),
    ),
    Omission(
        "a model that the schema calls otherwise",
        (Edit(SCHEMA, r"  Deployment: a\n", "  Rollout: a\n"),),
        (
            Line(
                PROJECTS, f"the projection projects makes rows of Deployment, a model that {SCHEMA}"
            ),
        ),
    ),
    Omission(
        "a field of a row that the page does not use",
        (Edit("frontend/src/features/analysis/AnalysisReport.tsx", "notJudged", "judged"),),
        (Line("frontend/src", "nothing on the page uses Analysis.notJudged"),),
    ),
    Omission(
        "a field that the page neither uses nor is still to show",
        (Edit(ARCHIVE_PANEL, "repositoryBytes", "bytes"),),
        (Line("frontend/src", "nothing on the page uses Project.repositoryBytes"),),
    ),
    Omission(
        "a field that the page uses and is said still to show",
        (Edit(SHOWN, r"unseen:\n", "unseen:\n  Project: [serviceCount]\n"),),
        (Line(SHOWN, "the page uses Project.serviceCount: it is no longer unseen"),),
    ),
    Omission(
        "a command without a budget",
        (Edit("tests/cost/budget.json", '"link-repository largest"', '"link-repository huge"'),),
        (Line("tests/cost/budget.json", "no budget for link-repository largest"),),
    ),
)
"""These are named together: none hides another."""
ALONE = (
    Omission(
        "a command that is not in its union",
        (Edit(COMMANDS, r"ProjectCommand = \(", PARK),),
        (Line(COMMANDS, "ParkProject is not in ProjectCommand"),),
    ),
    Omission(
        "an example that does nothing",
        (
            Edit(
                COMMANDS,
                r'Example\(given=\(\*CREATED, "archive-project"\)\)',
                "Example(given=CREATED)",
            ),
        ),
        (Line(COMMANDS, "the typical example of restore-project records nothing"),),
    ),
    Omission(
        "an event that nothing knows of yet",
        (Edit(EVENTS, r"ProjectEvent = \(", f"{PARKED}\n    ProjectParked |"),),
        (
            Line(EVENTS, "ProjectParked has no merge entry"),
            Line(AGGREGATE, "evolve_parts has no case for ProjectParked"),
            Line(SHOWN, "no row for the event ProjectParked of project"),
            Line(STREAMS, "no stream of project holds ProjectParked 1.0"),
        ),
    ),
    Omission(
        "a projection that names an event that is not there",
        (Edit(PROJECTS, r"events\.TemplateChosen", "events.TemplateDreamt"),),
        (
            Line(
                PROJECTS,
                "AttributeError: module 'domain.project.events' has no attribute 'TemplateDreamt'",
            ),
        ),
    ),
    Omission(
        "a field of a row that the data schema does not have",
        (Edit(SCHEMA, r"      serviceCount: .*\n", ""),),
        (
            Line(
                PROJECTS,
                f"the projection projects shows Project.serviceCount, a field that {SCHEMA}",
            ),
        ),
    ),
    Omission(
        "a new field that the schema requires",
        (
            Edit(
                SCHEMA,
                r"analyst: a\.string\(\),",
                "analyst: a.string(),\n      by: a.id().required(),",
            ),
        ),
        (Line(ANALYSES, f"the projection analyses does not show Analysis.by, which {SCHEMA}"),),
    ),
    Omission(
        "a field that the schema requires from now on",
        (Edit(SCHEMA, r"analyst: a\.string\(\)", "analyst: a.string().required()"),),
        (
            Line(
                ANALYSES,
                f"the projection analyses shows Analysis.analyst as String; {SCHEMA} has String!",
            ),
        ),
    ),
    Omission(
        "a field of another type in the schema",
        (Edit(SCHEMA, r"successRate: a\.float", "successRate: a.string"),),
        (
            Line(
                PROJECTS,
                f"the projection projects shows Project.successRate as Float; {SCHEMA} has String",
            ),
        ),
    ),
    Omission(
        "a field that is required in what was generated, and that a projection leaves out",
        (
            Edit(SCHEMA, r"analyst: a\.string\(\)", "analyst: a.string().required()"),
            Edit(SDL, r"  analyst: String\n", "  analyst: String!\n"),
        ),
        (Line(ANALYSES, "the projection analyses shows Analysis.analyst as None, which is no"),),
    ),
    Omission(
        "a module with a syntax error",
        (Edit(COMMANDS, r"class ArchiveProject\(Command\):", "class ArchiveProject(Command:"),),
        (Line(COMMANDS, "SyntaxError"),),
    ),
    Omission(
        "a module that cannot be imported",
        (Edit(f"{ANALYSIS}/commands.py", r"\Z", "from kernel.values import NO_NULL\n"),),
        (Line(f"{ANALYSIS}/commands.py", "ImportError: cannot import name 'NO_NULL'"),),
    ),
)
"""Each of these ends the check, or hides what else is missing."""
PLANTED = [
    pytest.param(OF_THE_ENGINE, id="the engine"),
    pytest.param(OF_THE_PARTS, id="the parts"),
    pytest.param(OF_THE_TABLES, id="the tables"),
    *(pytest.param((one,), id=one.name) for one in ALONE),
]


@pytest.mark.parametrize("omissions", PLANTED)
def test_what_is_missing_is_named_with_its_file(
    copy: Copy, omissions: tuple[Omission, ...]
) -> None:
    for edit in chain.from_iterable(omission.edits for omission in omissions):
        copy.replace(edit)
    done = copy.check()
    lines = done.stdout.splitlines()

    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    assert len(lines) <= MOST
    unnamed = [
        (omission.name, line)
        for omission in omissions
        for line in omission.lines
        if not any(map(line.begins, lines))
    ]
    assert not unnamed, done.stdout


def test_a_stream_that_is_missing_from_the_corpus_is_named(copy: Copy) -> None:
    copy.remove("tests/corpus/streams/analysis/cancelled.json")

    assert "no stream of analysis holds AnalysisCancelled 1.0" in copy.check().stdout


def test_a_projection_without_a_sample_payload_is_named(copy: Copy) -> None:
    copy.remove("events/projector/projects_two_hints.json")

    assert "events/projector: no sample payload projects_*.json" in copy.check().stdout


def test_a_whole_domain_lacks_nothing_and_that_is_soon_said(copy: Copy) -> None:
    began = processor_seconds()
    done = copy.run("-m", "skafu.completeness")

    assert done == (0, "", "")
    assert processor_seconds() - began < LONGEST


def processor_seconds() -> float:
    """Return the time of the children that have ended; the machine's other work is not in it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_make_check_stops_at_what_is_missing(copy: Copy) -> None:
    copy.replace(Edit(COMMANDS, r'both\(HELD, always\("template"\)\)', "None"))
    done = copy.run("-m", "scripts.check")
    head, line, _, outcome = done.stdout.splitlines()

    assert done.returncode == 1
    assert head.startswith("completeness    failed")
    assert line.strip() == (
        f"{COMMANDS}: choose-template has no merge entry: say what it touches (touches)"
    )
    assert outcome.startswith("failed: completeness")
