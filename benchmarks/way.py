"""The way of a command on the running stack, hop by hop, and commands a second.

    .venv/bin/python -m benchmarks.way [--commands 1000] [--clients 1 --clients 8]

A page is open and signed in; each client renames a project of its own, asks for the row of that
version, waits for the frame that tells the page, then sends the next. Milliseconds from the start
of the request to
- `202`    the answer
- `bus`    the hint is in the projector's queue (SentTimestamp, by way of the projector's log)
- `row`    the projector has written (its log)
- `query`  a client that asks for the version with `minVersion` has it
- `frame`  Chromium has received the subscription's frame
A hop that has a target holds it if 99 of 100 commands do. All parts share one machine and its
clock. Results go to benchmarks/results/way.json.
"""

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.record import circumstances, write
from local import ports
from local.aws import Aws
from local.stack import UNLIMITED, Options, running_stack
from scripts import chromium
from tests.domain.e2e.conftest import QUIET
from tests.domain.e2e.page import SkafuPage
from tests.domain.support.project_client import ProjectClient

ROOT = Path(__file__).resolve().parent.parent
OWNER = "owner@skafu.dev"
LOGS = "/skafu/local/project-projector"
HOPS = ("202", "bus", "row", "query", "frame")
TARGETS = {"bus": 100, "row": 500, "query": 1000}
"""Milliseconds that the first documents name for events, projections and queries."""
PATIENCE = 30.0  # seconds for one frame
WARM_UP = 5  # commands of each client that are not counted

Outputs = dict[str, Any]
Version = tuple[str, int]
"""A project and its version."""


@dataclass
class Frames:
    """When the page was told of which version; clients wait for theirs."""

    at: dict[Version, float] = field(default_factory=dict)
    told: threading.Condition = field(default_factory=threading.Condition)

    def keep(self, payload: str | bytes) -> None:
        now = time.time()
        frame = json.loads(payload)
        row = next(iter(((frame.get("payload") or {}).get("data") or {}).values()), None)
        if row and "serviceCount" in row:
            with self.told:
                self.at.setdefault((row["id"], row["version"]), now)
                self.told.notify_all()

    def wait(self, version: Version) -> float:
        with self.told:
            if not self.told.wait_for(lambda: version in self.at, PATIENCE):
                raise TimeoutError(f"no frame for {version}")
            return self.at[version]


@dataclass(frozen=True)
class Sent:
    version: Version
    began: float
    answered: float
    queried: float
    framed: float


def client(outputs: Outputs, frames: Frames, count: int) -> list[Sent]:
    """Rename one project `count` times, each time waiting until the page knows."""
    owner = ProjectClient(outputs, OWNER)
    project = owner.create_project("Way")["aggregateId"]
    frames.wait((project, 1))
    return [rename(owner, frames, project, n) for n in range(count + WARM_UP)][WARM_UP:]


def rename(owner: ProjectClient, frames: Frames, project: str, number: int) -> Sent:
    began = time.time()
    answer = owner.command("PATCH", f"/projects/{project}", {"name": f"Way {number}"})
    answered = time.time()
    reached = answer.json()["version"]
    row = owner.send("GET", f"/projects/{project}?minVersion={reached}").json()
    queried = time.time()
    if row["meta"]["stale"]:
        raise TimeoutError(f"no row of version {reached} of {project}")
    version = (project, reached)
    return Sent(version, began, answered, queried, frames.wait(version))


def hops(sent: list[Sent], logged: dict[Version, tuple[float, float]]) -> dict[str, list[float]]:
    """Milliseconds from the start of the request to each hop."""
    found: dict[str, list[float]] = {hop: [] for hop in HOPS}
    for one in sent:
        # The emulator keeps a log's newest lines: two hops are known of the later commands only.
        moments = zip(("bus", "row"), logged.get(one.version, ()), strict=False)
        others = (("202", one.answered), ("query", one.queried), ("frame", one.framed))
        for hop, moment in (*others, *moments):
            found[hop].append((moment - one.began) * 1000)
    return found


def projected(outputs: Outputs) -> dict[Version, tuple[float, float]]:
    """From the projector's log: when each version's hint was sent, and when its row was written."""
    found: dict[Version, tuple[float, float]] = {}
    pages = Aws(outputs["awsEndpointUrl"]).client("logs").get_paginator("filter_log_events")
    for page in pages.paginate(logGroupName=LOGS):
        for event in page["events"]:
            line = parsed(event["message"])
            if line.get("message") == "projected" and line["rows"]:
                version = (line["aggregate_id"].partition("#")[2], line["sequence"])
                written = datetime.fromisoformat(line["timestamp"])
                found.setdefault(version, (line["sent"] / 1000, written.timestamp()))
    return found


def parsed(message: str) -> dict[str, Any]:
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def throughput(outputs: Outputs, clients: int, seconds: float = 10.0) -> float:
    """Commands answered 202 in a second, with no one waiting for rows."""
    end = time.monotonic() + seconds

    def hurry() -> int:
        owner = ProjectClient(outputs, OWNER)
        project, done = owner.create_project("Hurry")["aggregateId"], 0
        while time.monotonic() < end:
            answer = owner.command("PATCH", f"/projects/{project}", {"name": f"Hurry {done}"})
            done += answer.status_code == 202
        return done

    with ThreadPoolExecutor(clients) as pool:
        return sum(job.result() for job in [pool.submit(hurry) for _ in range(clients)]) / seconds


@contextmanager
def watched(outputs: Outputs, frames: Frames) -> Iterator[Callable[[list[Future[Any]]], None]]:
    """A signed-in page; what is yielded keeps its events flowing until all jobs are done."""
    path = chromium.find()
    if path is None:
        raise typer.BadParameter(chromium.HELP)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        tab = browser.new_page()
        tab.on("websocket", lambda socket: socket.on("framereceived", frames.keep))
        user = outputs["users"][0]
        page = SkafuPage(tab, outputs["webUrl"]).open()
        page.sign_in(user["email"], user["password"])

        def until_done(jobs: list[Future[Any]]) -> None:
            while not all(job.done() for job in jobs):
                tab.wait_for_timeout(1)

        yield until_done
        browser.close()


def measure(outputs: Outputs, clients: int, commands: int) -> dict[str, list[float]]:
    frames = Frames()
    with watched(outputs, frames) as until_done, ThreadPoolExecutor(clients) as pool:
        each = -(-commands // clients)
        jobs = [pool.submit(client, outputs, frames, each) for _ in range(clients)]
        until_done(jobs)
        sent = [one for job in jobs for one in job.result()]
    return hops(sent, projected(outputs))


def percentile(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


def summary(measured: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    return {
        hop: {
            "n": len(found),
            "p50": round(percentile(found, 0.5), 1),
            "p99": round(percentile(found, 0.99), 1),
        }
        for hop, found in measured.items()
    }


def show(clients: int, count: int, figures: dict[str, dict[str, float]]) -> None:
    columns = ("to", "n", "p50 ms", "p99 ms", "target ms", "")
    table = Table(*columns, title=f"{clients} clients, {count} commands")
    for hop, figure in figures.items():
        target = TARGETS.get(hop)
        row = (hop, f"{figure['n']}", f"{figure['p50']:.1f}", f"{figure['p99']:.1f}")
        table.add_row(*row, f"{target or '-'}", verdict(figure["p99"], target))
    Console().print(table)


def verdict(p99: float, target: int | None) -> str:
    if target is None:
        return ""
    return "held" if p99 <= target else "missed"


def main(
    commands: Annotated[int, typer.Option(help="Commands in each measurement.")] = 1000,
    clients: Annotated[list[int] | None, typer.Option(help="Clients at once; repeatable.")] = None,
) -> None:
    """Measure the way of a command, from the request to the frame in Chromium."""
    results: dict[str, Any] = circumstances()
    emulator, appsync, web = ports.free(3)
    with tempfile.TemporaryDirectory(prefix="skafu-bench-") as state:
        options = Options(
            state_dir=Path(state),
            emulator_port=emulator,
            appsync_port=appsync,
            web_port=web,
            web=True,
            parameters=UNLIMITED,
        )
        with running_stack(options) as stack:
            for number in clients or [1, 8]:
                measured = measure(stack.outputs, number, commands)
                results[f"{number} clients"] = figures = summary(measured)
                show(number, len(measured["202"]), figures)
                rate = results[f"commands/s, {number} clients"] = round(
                    throughput(stack.outputs, number), 1
                )
                typer.echo(f"{rate} commands/s with {number} clients")
    write("way", results)


if __name__ == "__main__":
    typer.run(main)
