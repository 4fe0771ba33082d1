"""The simulator itself: it is repeatable, it is AWS as the template has it, and it complains."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from application.commit import canonical_json
from domain.contents import contents
from kernel.event_types import EventTypes
from kernel.projection import fold_rows
from skafu.cli import app
from skafu.reach.quiet import quiet
from skafu.simulation import bus, deferring
from skafu.simulation.campaign import WHOLE, Kind, simulate_one
from skafu.simulation.checks import last_of, states_of
from skafu.simulation.divergence import Divergence
from skafu.simulation.guards import Guard, needed
from skafu.simulation.history import History
from skafu.simulation.older_and_newer import ADDED, Stored, newer, older, todays, written
from skafu.simulation.system import System
from tests.support import template
from tests.support.paths import ROOT

pytestmark = pytest.mark.tools

SEED = 10


@pytest.fixture(scope="module")
def system() -> System:
    system = System(SEED, WHOLE)
    with quiet(50):
        system.run()
    return system


def trace(hash_seed: str) -> str:
    """The steps of one schedule, as another process takes them.

    What functions log of their failures carries the machine's time, and is no step.
    """
    one = ["--schedules", "1", "--kind", "whole", "--trace"]
    command = [sys.executable, "-m", "skafu.cli", "simulate", *one]
    done = subprocess.run(
        [*command, "--seed", str(SEED)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith('{"level"'))


def test_one_seed_is_one_schedule() -> None:
    first = trace("1")

    assert first == trace("2")
    assert first.count("\n") > 100


def test_it_runs_the_rules_of_the_template() -> None:
    resources = template.written()
    patterns = {
        projection: published(resources[rule]["Properties"]["EventPattern"])
        for projection, rule in of_groups("Rule")
    }

    assert {rule.projection: pattern(rule) for rule in bus.RULES} == patterns


def published(pattern: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return what the rule takes besides replays."""
    types = {name: set(values) for name, values in pattern.items() if name != "$or"}
    return {"source": set(pattern["$or"][0]["source"]), **types}


def pattern(rule: bus.Rule) -> dict[str, set[str]]:
    types = {} if rule.detail_types is None else {"detail-type": set(rule.detail_types)}
    return {"source": set(rule.sources), **types}


def of_groups(part: str) -> Iterator[tuple[str, str]]:
    """Yield each projection with a part of its group in the template."""
    for projection, function in template.projectors().items():
        yield projection, function.removesuffix("Projector") + part


@pytest.mark.parametrize("projection", contents.projection)
def test_it_has_the_queues_of_the_template(projection: str) -> None:
    queue, projector = dict(of_groups("Queue"))[projection], template.projectors()[projection]
    resources = template.written()
    redrive = resources[queue]["Properties"]["RedrivePolicy"]
    mapping = resources[projector]["Properties"]["Events"]["Hints"]["Properties"]

    assert redrive["maxReceiveCount"] == bus.MAX_RECEIVE_COUNT
    assert mapping["BatchSize"] == bus.QUEUE_BATCH


def test_it_retries_deferred_commands_as_the_state_machine_does() -> None:
    states = yaml.safe_load((ROOT / "statemachines/command.asl.yaml").read_text())["States"]
    (retry,) = states["Run"]["Retry"]

    assert retry["MaxAttempts"] == deferring.RETRIES


def test_what_it_expects_on_the_way_leads_to_what_a_fold_yields(system: System) -> None:
    streams = [History.of(name, stored) for name, stored in system.table.aggregates.items()]

    assert streams
    for stream in streams:
        for projection in contents.projections:
            states = states_of(projection, stream)
            assert last_of(states) == fold_rows(projection, stream.all_recorded())


def test_what_never_comes_to_rest_is_a_divergence() -> None:
    system = System(SEED, WHOLE)

    def busy() -> None:
        while True:
            system.world.pause()

    system.world.start("busy", busy)
    with pytest.raises(Divergence, match=r"still busy after \d+ steps"):
        system.rest()


def test_the_command_line_reports_what_struck() -> None:
    done = CliRunner().invoke(app, ["simulate", "--schedules", "20", "--jobs", "1"])

    assert done.exit_code == 0, done.output
    assert "process: killed before a call" in done.output
    assert "20 schedules (2 whole)" in done.output
    assert "0 divergences" in done.output
    assert "schedules a second of CPU time" in done.output


def test_the_command_line_fails_and_tells_how_to_replay_a_divergence() -> None:
    missing = ["--without", "conditional-put"]
    done = CliRunner().invoke(app, ["simulate", "--schedules", "40", "--jobs", "1", *missing])

    assert done.exit_code == 1
    replay = done.output.splitlines()[-1].partition("skafu ")[2]
    assert replay.endswith("--trace --kind whole --without conditional-put")
    again = CliRunner().invoke(app, replay.split())
    assert again.exit_code == 1
    assert "PutItem" in again.output


def test_the_command_line_prints_how_soon_each_guard_that_is_left_out_is_noticed() -> None:
    done = CliRunner().invoke(app, ["simulate", "--guards", "--schedules", "1", "--jobs", "1"])

    missed = [guard for guard in Guard if needed(guard)]
    assert all(guard in done.output for guard in missed)
    assert f"of {len(missed)} guards were noticed" in done.output
    assert "nothing" in done.output
    assert done.exit_code == 1


def test_a_narrow_schedule_is_repeated_by_its_seed_alone() -> None:
    narrow = [simulate_one(37, kind=Kind.NARROW) for _ in range(2)]
    simulate_one(90, kind=Kind.MIXED)  # another recording
    mixed = simulate_one(37, kind=Kind.MIXED)

    assert narrow == [mixed, mixed]
    assert not mixed.whole
    assert mixed.commits
    assert not mixed.answers


@pytest.mark.parametrize("write", [older, newer])
def test_what_other_releases_write_is_read_as_what_todays_would_have_written(
    system: System, write: Callable[[EventTypes[Any], Stored], Stored]
) -> None:
    for name, stored in system.table.aggregates.items():
        for commit in History.of(name, stored).commits:
            plain = replace(commit, events=todays(commit))

            assert todays(written(plain, write)) == plain.events


def test_a_field_that_no_release_adds_is_not_overlooked(system: System) -> None:
    ((name, stored), *_) = system.table.aggregates.items()
    commit = History.of(name, stored).commits[0]
    events = [{**event, "data": {**event["data"], ADDED: 0}} for event in commit.stored_events()]
    forged = replace(commit, events=canonical_json(events))

    assert todays(forged) == forged.events
