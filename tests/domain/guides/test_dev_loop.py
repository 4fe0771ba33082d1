"""Developing against `skafu dev`: what the terminal says, and what a saved file does.

The stack runs from a copy of the tree, in which the tests edit.
"""

import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import requests

from scripts.dev_process import Dev, processes_mentioning
from scripts.tree_copy import copy_of_the_tree
from tests.domain.support.dev_process import create_project
from tests.domain.support.project_client import ProjectClient
from tests.support import lab
from tests.support.api_client import queue_depths
from tests.support.paths import ROOT

pytestmark = [pytest.mark.long, pytest.mark.together]

OWNER = "owner@skafu.dev"
HINTS = "skafu-projects-local"
API = "src/edge/http/api.py"
MARKED = "    headers.setdefault(CORRELATION_ID, [logger.get_correlation_id() or correlation])\n"
# Others use the machine, too: the figures are printed, and only this is asserted.
PATIENCE = 30.0


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("loop")
    with running(Dev(folder, root=copy_of_the_tree(folder / "tree"))) as one:
        create_project(one, "All functions have started once its row is there")
        assert lab.eventually(lambda: len(names(one)) == 1)
        yield one


@contextmanager
def running(dev: Dev) -> Iterator[Dev]:
    try:
        yield dev.start().ready()
    finally:
        dev.signal(signal.SIGTERM)


@dataclass
class Edit:
    """A file of the tree, changed until the end of the block."""

    file: Path
    original: str = ""

    def __enter__(self) -> "Edit":
        self.original = self.file.read_text()
        return self

    def __exit__(self, *_: object) -> None:
        self.file.write_text(self.original)

    def replace(self, old: str, new: str) -> None:
        assert old in self.original
        self.file.write_text(self.original.replace(old, new))


def client(dev: Dev) -> ProjectClient:
    return ProjectClient(dev.outputs, OWNER)


def lines(dev: Dev, *words: str) -> list[str]:
    """The lines of the terminal that hold all these words."""
    return [line for line in dev.said().splitlines() if all(word in line for word in words)]


def told(dev: Dev, *words: str, seconds: float = 20.0) -> str:
    """The last line that holds all these words, waited for."""
    assert lab.eventually(lambda: bool(lines(dev, *words)), seconds), dev.said()[-6000:]
    return lines(dev, *words)[-1]


def after(dev: Dev, mark: int, *words: str, seconds: float = 30.0) -> str:
    """Return the output since the mark, once a line of it holds all these words."""

    def said() -> str:
        return dev.said()[mark:]

    def holds() -> bool:
        return any(all(word in line for word in words) for line in said().splitlines())

    assert lab.eventually(holds, seconds), said()
    return said()


def test_the_built_in_templates_are_there_from_the_start(dev: Dev) -> None:
    client = ProjectClient(dev.outputs, OWNER)

    def slugs() -> set[str]:
        return {row["slug"] for row in client.send("GET", "/templates").json()["data"]}

    expected = {path.name for path in (ROOT / "templates").iterdir()}
    assert lab.eventually(lambda: slugs() >= expected)


class TestARequest:
    LINE = re.compile(r"^\d\d:\d\d:\d\d  (\S+) +(\d{3}) +\d+ ms  (\S+) +(.*)$")

    def parts(self, line: str) -> tuple[str, ...]:
        found = self.LINE.match(line)
        assert found, line
        return found.groups()

    def test_has_a_line_with_method_status_path_function_and_command(self, dev: Dev) -> None:
        create_project(dev, "Line")
        line = told(dev, "POST", "/projects ", "create-project")
        assert self.parts(line) == ("POST", "202", "/projects", "CommandApi  create-project")

    def test_of_a_query_is_one_line_with_its_parameters(self, dev: Dev) -> None:
        client(dev).send("GET", "/projects?limit=7")
        line = told(dev, "GET", "/projects?limit=7")
        assert self.parts(line) == ("GET", "200", "/projects?limit=7", "QueryApi  list-projects")

    def test_of_a_person_to_graphql_names_its_fields(self, dev: Dev) -> None:
        client(dev).graphql('{ getProject(id: "nowhere") { id } }')
        line = told(dev, "/graphql", "getProject")
        assert self.parts(line) == ("POST", "200", "/graphql", "AppSync  getProject")

    def test_that_no_function_sees_has_a_line_too(self, dev: Dev) -> None:
        client(dev).send("GET", "/projects?nobody", token=None)
        assert self.parts(told(dev, "/projects?nobody"))[:2] == ("GET", "401")

    def test_shows_control_characters_and_obeys_none(self, dev: Dev) -> None:
        client(dev).send("GET", "/projects/%1b%5b31m%0aX%e2%80%ae")
        told(dev, r"/projects/\x1b[31m\nX\u202e")
        assert "\x1b" not in dev.said()
        assert "\u202e" not in dev.said()


class TestAFailure:
    def test_of_a_request_is_shown_with_its_traceback(self, dev: Dev) -> None:
        mark = len(dev.said())
        with Edit(dev.root / "src/adapters/appsync/queries.py") as edit:
            where = "            page: RowPage = self._run("
            edit.replace(where, '            raise RuntimeError("no \\x1b tea")\n' + where)
            assert client(dev).send("GET", "/projects").status_code == 500
            said = after(dev, mark, "GET", "500", "/projects")
        (line,) = [line for line in said.splitlines() if "failure" in line]
        assert (
            line[10:]
            .split(maxsplit=1)[1]
            .startswith(r"QueryApi  unexpected  RuntimeError: no \x1b tea")
        )
        assert 'File "src/adapters/appsync/queries.py", line' in said
        assert "of libraries" in said
        assert "site-packages" not in said
        assert " report " not in said  # it tells of the same failure
        assert client(dev).send("GET", "/projects").status_code == 200

    def test_of_a_projector_is_shown_and_the_row_appears_once_it_is_corrected(
        self, dev: Dev
    ) -> None:
        mark = len(dev.said())
        with Edit(dev.root / "src/projections/projects.py") as edit:
            edit.replace(
                "        case events.ServiceAdded():\n",
                '        case events.ServiceAdded():\n            raise KeyError("no tea")\n',
            )
            project = client(dev).create_project("Stuck")["aggregateId"]
            service = {"serviceName": "api", "serviceType": "API"}
            client(dev).command("POST", f"/projects/{project}/services", service)
            about = f"aggregate_id=PROJECT#{project}"
            after(
                dev, mark, "failure", "ProjectProjector", "KeyError in further, projects.py", about
            )
            after(dev, mark, 'File "src/projections/projects.py", line')
        assert lab.eventually(lambda: service_count(dev, project) == 1, 40)


def service_count(dev: Dev, project: str) -> int | None:
    answer = client(dev).send("GET", f"/projects/{project}").json()
    count: int | None = answer.get("data", {}).get("serviceCount")
    return count


@dataclass
class Requests:
    """People who ask without a pause: when each began, when it was answered, by which code."""

    dev: Dev
    answers: list[tuple[float, float, str]] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        api = client(self.dev)
        while not self._ended.is_set():
            began = time.monotonic()
            answer = api.send("GET", "/projects")
            assert answer.status_code == 200, answer.text
            self.answers.append((began, time.monotonic(), answer.headers.get("X-Code", "")))

    @contextmanager
    def of(self, people: int) -> Iterator["Requests"]:
        threads = [threading.Thread(target=self.ask) for _ in range(people)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()


@pytest.mark.timeout(240)
def test_a_request_after_a_save_is_answered_by_new_code_and_soon(
    dev: Dev, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds, mark = [], len(dev.said())
    with Edit(dev.root / API) as edit, Requests(dev).of(2) as asked:
        for code in ("a", "b", "c"):
            edit.replace(MARKED, f'{MARKED}    headers["X-Code"] = ["{code}"]\n')
            saved = time.monotonic()
            seconds.append(first_answer(asked, saved, code) - saved)
            enough = len(asked.answers) + 20
            assert lab.eventually(lambda: len(asked.answers) >= enough, PATIENCE)  # noqa: B023 - called before the next
            assert {found for began, _, found in asked.answers if began > saved} == {code}
    report = ", ".join(f"{one:.2f}" for one in seconds)
    with capsys.disabled():
        print(f"\nseconds from a save to the first answer of new code: {report}")  # noqa: T201
    said = after(dev, mark, "reload", API, "new code after")
    assert re.search(
        r"src/edge/http/api\.py.*: new code after \d+\.\d\d s, in all \d+ functions", said
    )
    assert median(seconds) < PATIENCE


def first_answer(asked: Requests, saved: float, code: str) -> float:
    def answered() -> list[float]:
        return [end for began, end, found in asked.answers if began > saved and found == code]

    assert lab.eventually(lambda: bool(answered()), PATIENCE)
    return min(answered())


@pytest.mark.timeout(180)
def test_a_syntax_error_is_shown_and_all_works_again_once_it_is_corrected(dev: Dev) -> None:
    mark = len(dev.said())
    with Edit(dev.root / "src/kernel/values.py") as edit:
        broken = edit.original + "\ndef unfinished(:\n"
        edit.file.write_text(broken)
        answer = client(dev).send("GET", "/projects")
        assert answer.status_code == 502
        assert "SyntaxError" not in answer.text
        said = after(dev, mark, "reload", "src/kernel/values.py", "cannot be imported")
    line = broken.count("\n")
    assert f'File "src/kernel/values.py", line {line}' in said
    assert len([one for one in said.splitlines() if "  failure  " in one]) == 1, said
    assert "def unfinished(:" in said
    assert "SyntaxError: invalid syntax" in said
    create_project(dev, "After the error")
    assert lab.eventually(lambda: "After the error" in names(dev))


@pytest.mark.timeout(180)
def test_events_wait_for_a_projector_that_cannot_be_imported(dev: Dev) -> None:
    """Longer than a queue would try: nothing is in a dead-letter queue afterwards.

    The row tells nothing of it: the terminal may bring rows up to date meanwhile, by itself.
    """
    mark = len(dev.said())
    with Edit(dev.root / "src/handlers/projector.py") as edit:
        edit.file.write_text("import nothing_of_that_name\n" + edit.original)
        create_project(dev, "Waiting")
        after(dev, mark, "failure", "Projector", "No module named 'nothing_of_that_name'")
        assert lab.eventually(lambda: waiting(dev) > 0)
        time.sleep(12)
        assert waiting(dev) > 0
    assert lab.eventually(lambda: waiting(dev) == 0)
    assert "Waiting" in names(dev)
    assert set(queue_depths(dev.outputs, "-dlq").values()) == {0}


def waiting(dev: Dev) -> int:
    """Return the number of hints that the projector of projects has not dealt with."""
    return queue_depths(dev.outputs, HINTS)[HINTS]


@pytest.mark.timeout(180)
def test_a_field_that_appsync_does_not_know_yet_is_retried_and_not_reported(dev: Dev) -> None:
    """The functions were deployed, Amplify was not."""
    mark = len(dev.said())
    with Edit(dev.root / "src/projections/generated/documents.py") as edit:
        edit.replace("    id name description status", "    id label name description status")
        create_project(dev, "Early")
        said = after(dev, mark, "warning", "ProjectProjector", "SchemaBehind")
        assert "label" in said
        assert "failure" not in said
        assert " report " not in said
    assert lab.eventually(lambda: "Early" in names(dev), 40)


def names(dev: Dev) -> list[str]:
    answer = client(dev).send("GET", "/projects?limit=100").json()
    return [project["name"] for project in answer.get("data", [])]


SCHEMA = "amplify/data/schema.ts"
NAME = "      name: a.string().required(),\n      description: a.string(),\n"
INDEXES = "      index('userId').sortKeys(['createdAt']).queryField('projectsByUser'),\n"
ENUM = "a.enum(['ACTIVE', 'DELETED'])"
LABELLED = "{ listProjects { items { name label version } } }"


@pytest.mark.timeout(400)
def test_a_changed_schema_is_served_and_shown_by_the_rows(tmp_path: Path) -> None:
    """A required field, which no row has yet, and an index over it.

    On the way there the schema cannot be exported, and the end comes during an export.
    """
    copy = Dev(tmp_path, root=copy_of_the_tree(tmp_path / "tree"))
    with running(copy) as dev:
        for name in ("First", "Second"):
            create_project(dev, name)
        assert lab.eventually(lambda: len(names(dev)) == 2)
        edit_the_schema(dev, broken_schema(dev))
        edit_the_projection(dev)
        rows = asked(dev, LABELLED)["listProjects"]["items"]
        assert sorted((row["name"], row["label"]) for row in rows) == [
            ("First", "*First"),
            ("Second", "*Second"),
        ]
        found = asked(dev, '{ projectsByLabel(label: "*First") { items { name } } }')
        assert found["projectsByLabel"]["items"] == [{"name": "First"}]
        create_project(dev, "Third")
        assert lab.eventually(lambda: "*Third" in str(asked(dev, LABELLED)))
        stop_during_an_export(dev)


def broken_schema(dev: Dev) -> str:
    """Break it: this is told with the reason, and what is served goes on. Return what it was."""
    mark, schema = len(dev.said()), dev.root / SCHEMA
    text = schema.read_text()
    assert ENUM in text
    schema.write_text(text.replace(ENUM, "a.enum("))
    said = after(dev, mark, "schema", "was not exported", seconds=90)
    assert "schema.ts" in said
    assert requests.get(dev.outputs["graphqlUrl"].replace("graphql", "health"), timeout=60).ok
    return text


def stop_during_an_export(dev: Dev) -> None:
    """It leaves nothing behind."""
    mark, schema = len(dev.said()), dev.root / SCHEMA
    schema.write_text(schema.read_text() + "// changed\n")
    after(dev, mark, "exporting the schema")
    dev.signal(signal.SIGINT)
    assert list(processes_mentioning([str(dev.root)])) == []
    assert "Stopped." in dev.said()
    assert "Traceback" not in dev.said()[mark:]


def edit_the_schema(dev: Dev, text: str) -> None:
    mark, schema = len(dev.said()), dev.root / SCHEMA
    text = text.replace(NAME, NAME + "      label: a.string().required(),\n", 1)
    schema.write_text(text.replace(INDEXES, INDEXES + index("label")))
    said = after(dev, mark, "schema", "rows were not all brought up to date", seconds=180)
    assert f"{SCHEMA} changed; exporting the schema" in said
    assert "AppSync restarted in" in said
    assert "TypeError in empty, projects.py" in said
    assert "skafu verify --repair" in said
    assert "label: str" in (dev.root / "src/projections/generated/rows.py").read_text()


def index(name: str) -> str:
    return f"      index('{name}').sortKeys(['createdAt']).queryField('projectsByLabel'),\n"


def edit_the_projection(dev: Dev) -> None:
    mark, file = len(dev.said()), dev.root / "src/projections/projects.py"
    text = file.read_text().replace('        name="",\n', '        name="",\n        label="",\n')
    returned = "    return shelved(counted(change(known, recorded.event), recorded))\n"
    labelled = (
        "    changed = shelved(counted(change(known, recorded.event), recorded))\n"
        '    return replace(changed, label="*" + changed.name)\n'
    )
    assert returned in text
    file.write_text(text.replace(returned, labelled))
    after(dev, mark, "schema", "rows brought up to date in", seconds=60)


def asked(dev: Dev, query: str) -> Any:  # noqa: ANN401 - whatever was asked for
    answer = client(dev).graphql(query)
    assert "errors" not in answer, answer
    return answer["data"]
