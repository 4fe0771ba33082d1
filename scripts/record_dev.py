"""Records the terminal of `skafu dev` while somebody develops, into docs/recordings/dev.txt.

    .venv/bin/python -m scripts.record_dev [file]

Everything but the lines that begin with `#`, which say what is done, is real output. The stack runs
from a copy of the tree, in which the files are edited.
"""

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
import uuid6

from local import people
from local.aws import Aws
from scripts.dev_process import Dev, eventually
from scripts.tree_copy import copy_of_the_tree

ROOT = Path(__file__).resolve().parent.parent
RECORDING = ROOT / "docs" / "recordings" / "dev.txt"
PORTS = [4566, 20002, 5173]
HEADERS = "    headers.setdefault(CORRELATION_ID, [logger.get_correlation_id() or correlation])\n"
SCHEMA_FIELD = "      description: a.string(),\n"
RETURNED = "    return change(row or empty(recorded), recorded.event)\n"
LABELLED = """\
    changed = change(row or empty(recorded), recorded.event)
    return replace(changed, label=changed.name.upper())
"""


@dataclass
class Recording:
    """One step of the recording, and the terminal's words."""

    dev: Dev
    text: str = ""
    _mark: int = 0

    def send(self, method: str, path: str, body: object = None) -> requests.Response:
        """Send a request as one of the people who are there."""
        outputs = self.dev.outputs
        aws = Aws(outputs["awsEndpointUrl"])
        token = people.sign_in(aws, outputs["userPoolClientId"], "owner@skafu.dev")["IdToken"]
        url = outputs["graphqlUrl" if path == "/graphql" else "commandApiUrl"]
        headers = {"Authorization": token, "Idempotency-Key": str(uuid6.uuid7())}
        address = url if path == "/graphql" else url + path
        return requests.request(method, address, json=body, headers=headers, timeout=60)

    def says(self, *expected: str, seconds: float = 60.0) -> None:
        """Wait until the terminal has said all this since the last time, and keep it."""
        said = self.dev.said
        if not eventually(lambda: all(e in said()[self._mark :] for e in expected), seconds):
            raise TimeoutError(f"{expected} was not said:\n{said()[self._mark :]}")
        eventually(lambda: False, 0.5)  # for what belongs to it
        self.text += said()[self._mark :]
        self._mark = len(said())

    def note(self, text: str) -> None:
        self.text += f"\n# {text}\n"

    @contextmanager
    def edited(self, file: str, old: str, new: str) -> Iterator[None]:
        """Save a change of a file; it is taken back at the end of the block."""
        original = self.save(file, old, new)
        yield
        (self.dev.root / file).write_text(original)

    def save(self, file: str, old: str, new: str) -> str:
        path = self.dev.root / file
        original = path.read_text()
        if old not in original:
            raise LookupError(f"{old!r} is not in {file}")
        path.write_text(original.replace(old, new, 1))
        return original


def record(recording: Recording) -> None:
    recording.text = "$ make dev ARGS=--no-web\n"
    recording.says("READY")
    commands_and_queries(recording)
    reload(recording)
    syntax_error(recording)
    failure(recording)
    schema(recording)
    recording.note("Ctrl-C")
    recording.dev.signal(signal.SIGINT)
    recording.says("Stopped.")


def commands_and_queries(recording: Recording) -> None:
    recording.note("two requests")
    recording.send("POST", "/projects", {"name": "Tea"})
    recording.send("GET", "/projects?limit=20")
    recording.says("create-project", "list-projects")


def reload(recording: Recording) -> None:
    recording.note(
        "src/edge/http/api.py is saved with another header, and a request is sent at once"
    )
    recording.save("src/edge/http/api.py", HEADERS, HEADERS + '    headers["X-Tea"] = ["green"]\n')
    answer = recording.send("GET", "/projects?limit=20")
    recording.says("list-projects", "new code after")
    recording.note(f"the answer has the header: X-Tea: {answer.headers['X-Tea']}")


def syntax_error(recording: Recording) -> None:
    recording.note("src/edge/http/api.py is saved with a syntax error")
    with recording.edited("src/edge/http/api.py", HEADERS, HEADERS + "    return answer(\n"):
        recording.send("GET", "/projects?limit=20")
        recording.says("502", "SyntaxError", "cannot be imported")
    recording.note("it is corrected, and a project is created")
    recording.send("POST", "/projects", {"name": "Coffee"})
    recording.says("create-project", "new code after")


def failure(recording: Recording) -> None:
    recording.note("the projection of projects is saved with a mistake, and a project is renamed")
    renamed, mistake = (
        "case events.ProjectRenamed(name=name):\n",
        "            name.no_such_method()\n",
    )
    with recording.edited("src/projections/projects.py", renamed, renamed + mistake):
        rows = recording.send("GET", "/projects").json()["data"]
        recording.send("PATCH", f"/projects/{rows[0]['id']}", {"name": "Green tea"})
        recording.says("change-project", "no_such_method", "rows ")
    recording.note("it is corrected: the event was kept, and its row is folded")
    recording.says("new code after", "rows brought up to date")


def schema(recording: Recording) -> None:
    recording.note("amplify/data/schema.ts is saved: a project has a label, which is required")
    label = "      label: a.string().required(),\n"
    recording.save("amplify/data/schema.ts", SCHEMA_FIELD, SCHEMA_FIELD + label)
    recording.says("AppSync restarted", "rows were not all brought up to date", seconds=180)
    recording.note("src/projections/projects.py is saved: it fills the label")
    recording.save("src/projections/projects.py", 'name="",\n', 'name="",\n        label="",\n')
    recording.save("src/projections/projects.py", RETURNED, LABELLED)
    recording.says("rows brought up to date")
    recording.note("GraphQL is asked for the labels")
    query = {"query": "{ listProjects { items { name label } } }"}
    answer = recording.send("POST", "/graphql", query)
    recording.says("listProjects")
    for row in answer.json()["data"]["listProjects"]["items"]:
        recording.note(f"{row['name']}: {row['label']}")


def main(arguments: list[str]) -> None:
    target = Path(arguments[0]) if arguments else RECORDING
    with tempfile.TemporaryDirectory() as folder:
        tree = copy_of_the_tree(Path(folder) / "skafu")
        recording = Recording(Dev(tree / "local", root=tree, ports=PORTS))
        recording.dev.start()
        try:
            record(recording)
        finally:
            if not recording.dev.ended():
                recording.dev.signal(signal.SIGTERM)
    if folder in recording.text:
        raise ValueError(f"the recording names the folder {folder}")
    lines = [line.rstrip() for line in recording.text.splitlines()]
    target.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
