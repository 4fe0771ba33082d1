"""Runs of the driver: the same requests and the same stored streams for every tree."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import yaml

from local.template import load
from scripts.comparing.differences import Json
from scripts.trees import ROOT, Tree

REQUESTS = ROOT / "scripts" / "driver" / "requests.yaml"
LAST = 5  # lines of what a driver printed before it failed


class DriverFailed(RuntimeError):
    """The functions of one tree could not be driven to the end."""


@contextmanager
def driving(tree: Tree, plan: Json) -> Iterator[Callable[[], Json]]:
    """Start the driver in a tree; yield what waits for its result."""
    with TemporaryDirectory(prefix="skafu-driver-") as name:
        folder = Path(name)
        template = load(tree.root / "template.yaml")
        (folder / PLAN).write_text(json.dumps({**plan, "template": template}))
        process = started(tree, folder)
        try:
            yield lambda: result_of(process, tree, folder)
        finally:
            process.kill()
            process.wait()


def started(tree: Tree, folder: Path) -> subprocess.Popen[bytes]:
    with (folder / ERRORS).open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "scripts.driver.drive", folder / PLAN, folder / RESULT],
            cwd=tree.root,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )


def result_of(process: subprocess.Popen[bytes], tree: Tree, folder: Path) -> Json:
    """Raises `DriverFailed`."""
    if process.wait():
        last = (folder / ERRORS).read_text().strip().splitlines()[-LAST:]
        raise DriverFailed("\n        ".join([f"{tree.name} failed:", *last]))
    return json.loads((folder / RESULT).read_text())


PLAN, RESULT, ERRORS = "plan.json", "result.json", "errors.txt"
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": str(ROOT),  # the driver is this tree's, whichever tree it drives
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
}


def plan_of(tree: Tree) -> Json:
    """Return the requests, and the corpus as this tree has it."""
    requests = yaml.safe_load(REQUESTS.read_text())
    return {**requests, "corpus": dict(corpus(tree))}


def corpus(tree: Tree) -> Iterator[tuple[str, list[Json]]]:
    """Return each stream's items; a single event follows the beginning of some stream."""
    files = [f for f in tree.under("tests", ".json") if "/corpus/" in f]
    streams = {name_of(f): json.loads(tree.text(f))["items"] for f in files if "/streams/" in f}
    yield from streams.items()
    samples = [file for file in files if "/samples/" in file]
    for number, file in enumerate(samples, 1):
        kind = PurePosixPath(file).parent.name
        beginning = next(items[0] for name, items in streams.items() if name.startswith(f"{kind}/"))
        sample = json.loads(tree.text(file))
        yield f"sample {name_of(file)}", after_beginning(beginning, sample, number)


def name_of(file: str) -> str:
    path = PurePosixPath(file)
    return f"{path.parent.name}/{path.stem}"


def after_beginning(beginning: Json, event: Json, number: int) -> list[Json]:
    """Return a stream of its own: a stored commit, then one with the event."""
    kind = beginning["aggregateId"]["S"].partition("#")[0]
    own = {"aggregateId": {"S": f"{kind}#01980000-0000-7000-9000-{number:012}"}}
    follows = str(int(beginning["eventCount"]["N"]) + 1)
    more = {"eventSequence": {"N": follows}, "eventCount": {"N": "1"}}
    events = {"events": {"S": json.dumps([event])}}
    return [{**beginning, **own}, {**beginning, **own, **more, **events}]
