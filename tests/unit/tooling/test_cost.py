"""The cost of each command, counted while it runs, against the committed budget."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.dynamodb.items import WRITE_UNIT
from domain.contents import contents
from kernel.operation import Operation
from skafu.cli import app
from skafu.metering import budget
from skafu.metering.budget import Dearer, dearer, figures, forgotten
from skafu.metering.measure import Measured, NoExample, measure, measure_ways
from skafu.metering.meter import Hop, Meter
from skafu.metering.prices import PRICES, overridden
from skafu.reach.quiet import quiet
from tests.support.strategies import looks_up

pytestmark = pytest.mark.feature("W8", "O11")

CLAIMS = {
    operation.name
    for kind in contents.aggregates
    if kind.unique is not None
    for operation in kind.operations
    if operation.creates
}
"""These claim a unique value in one transaction with their commit, which writes all twice."""
LOOKS_UP = {operation.name for operation in contents.operations if looks_up(operation)}
EXCEPTION = re.compile(r"^\| `([a-z-]+)` \|", re.MULTILINE)
"""A row of docs/cost.md, which gives the reason why a command costs more than the rule says."""


@pytest.fixture(scope="module")
def measured() -> list[Measured]:
    with quiet():
        return measure()


@pytest.fixture(scope="module")
def ways() -> list[Measured]:
    with quiet():
        return measure_ways()


def test_no_command_is_dearer_than_its_budget(
    measured: list[Measured], ways: list[Measured]
) -> None:
    assert "\n".join(map(str, dearer([*measured, *ways], budget.load()))) == ""


def test_every_budget_is_of_a_command_that_there_is(
    measured: list[Measured], ways: list[Measured]
) -> None:
    assert forgotten([*measured, *ways], budget.load()) == [], budget.ACCEPT


@pytest.mark.feature("C3", "I1")
def test_a_deferred_command_writes_its_ticket_twice_and_a_machine_needs_no_key(
    ways: list[Measured],
) -> None:
    by_machine, deferred = (each.meter for each in ways)

    writers = [hop.function for hop in deferred.hops if "commands" in hop.write_units]
    assert writers == ["CommandApi", "CommandWorker"]
    assert deferred.command.executions == 1
    assert by_machine.total(lambda hop: hop.kms_requests) == 0
    assert by_machine.command.read_units == {"keys": 1, "events": 0.5}


def test_the_page_shows_the_budget() -> None:
    assert budget.table(budget.load()) in budget.PAGE.read_text(), "run `skafu cost --accept`"


def test_every_command_has_an_example() -> None:
    assert [o.name for o in contents.operations if o.example is None] == []


def test_every_command_writes_one_unit_for_each_kilobyte(measured: list[Measured]) -> None:
    for each in measured:
        units = -(-each.meter.item_bytes // WRITE_UNIT)
        expected = 2 * units + 2 if each.command in CLAIMS else units
        assert each.meter.command_writes == expected, each


def test_typical_commands_write_one_unit(measured: list[Measured]) -> None:
    dearest = [
        each.command
        for each in measured
        if each.payload == "typical" and each.meter.command_writes > 1
    ]

    assert {*dearest} == CLAIMS


def test_no_command_reads_more_than_half_a_unit_and_none_that_creates_reads(
    measured: list[Measured],
) -> None:
    creating = {operation.name for operation in contents.operations if operation.creates}
    for each in measured:
        if each.command not in LOOKS_UP:
            allowed = 0 if each.command in creating else 0.5
            assert each.meter.command_reads <= allowed, each
    assert {m.command for m in measured if m.meter.command_reads > 0.5} == LOOKS_UP


def test_every_exception_has_its_reason_on_the_page() -> None:
    excepted = {*EXCEPTION.findall(budget.PAGE.read_text())} & contents.operation.keys()

    assert excepted == CLAIMS | LOOKS_UP


def test_the_callers_key_is_read_and_opened_once(measured: list[Measured]) -> None:
    """Whoever else a command names is looked up, too: they may have been forgotten."""
    naming = {o.name for o in contents.operations if names_another(o)}
    reads = {(m.command in naming, m.meter.command.read_units.get("keys")) for m in measured}
    assert reads - {(True, 2)} == {(False, 1)}
    assert {m.meter.command.kms_requests for m in measured} == {1}
    opened = {m.command for m in measured if any(hop.kms_requests for hop in m.meter.way)}
    assert opened <= {o.name for o in contents.operations if o.creates and shows_names(o)}


def shows_names(operation: Operation) -> bool:
    """Tell whether rows show something personal of what the command begins."""
    return any(p.personal for p in contents.projections_of(operation.aggregate_type))


def names_another(operation: Operation) -> bool:
    return operation.example is not None and "{anotherUser}" in operation.example.typical.values()


def test_what_leads_to_rows_is_counted_to_the_end(measured: list[Measured]) -> None:
    """One function after the other, and for each group of rows its own."""
    first = contents.first_creation
    (created,) = [m for m in measured if (m.command, m.payload) == (first.name, "typical")]
    calls, (command, publisher, *projectors) = created.meter.calls(), created.meter.hops
    models = {m for group in contents.projections_of(first.aggregate_type) for m in group.models}
    made = {call.removeprefix("appsync:Create") for call in calls if "appsync:Create" in call}
    events = sum(map(len, created.meter.stored.values()))

    assert [command.function, publisher.function] == ["CommandApi", "Publisher"]
    assert calls["events:PutEvents"] == calls["dynamodb:PutItem"] == 1
    assert set() < made <= models
    assert (command.gateway_requests, publisher.events) == (1, events)
    assert projectors
    # Each event is sent; all of them are received, and deleted, at once.
    assert {hop.sqs_requests for hop in projectors} == {events + 2}
    # One subscriber is sent each row, and what becomes of it.
    writes = ("appsync:Create", "appsync:Update")
    rows = sum(count for call, count in calls.items() if call.startswith(writes))
    assert sum(hop.appsync_messages for hop in projectors) == rows


class TestTheBudget:
    @pytest.fixture
    def cheap(self) -> Measured:
        meter = Meter([Hop("CommandApi", 1024, gateway_requests=1)])
        return Measured("brew-tea", "typical", meter)

    def test_names_command_old_and_new_figure_and_how_to_accept_it(self, cheap: Measured) -> None:
        allowed = {"brew-tea typical": figures(cheap)}
        cheap.meter.hop.appsync_operations = 2
        found = list(map(str, dearer([cheap], allowed)))

        assert found[0].startswith("brew-tea typical: dollars per million ")
        assert f"brew-tea typical: AppSync operations 0 -> 2. {budget.ACCEPT}" in found
        assert "skafu cost --accept" in found[0]

    def test_wants_one_of_every_command(self, cheap: Measured) -> None:
        (found,) = dearer([cheap], {})

        assert "brew-tea typical has no budget" in str(found)

    def test_says_nothing_of_what_got_cheaper(self, cheap: Measured) -> None:
        allowed = {"brew-tea typical": dict.fromkeys(figures(cheap), 9.0)}

        assert list(dearer([cheap], allowed)) == []

    def test_of_a_command_that_is_gone_is_forgotten(self, cheap: Measured) -> None:
        assert forgotten([], {"brew-tea typical": {}}) == ["brew-tea typical"]
        assert forgotten([cheap], {"brew-tea typical": {}}) == []

    def test_is_exact_to_half_a_cent(self, cheap: Measured) -> None:
        found = figures(cheap)
        below = {**found, "dollars per million": found["dollars per million"] - 0.01}

        assert [d.figure for d in dearer([cheap], {"brew-tea typical": below})] == [
            "dollars per million"
        ]
        assert Dearer("a", "b", 1, 2).allowed == 1


def test_a_command_without_an_example_is_named() -> None:
    strange = replace(contents.operations[0], example=None)

    with pytest.raises(NoExample, match=f"{strange.name} has no example: give it one"):
        measure([strange])


class TestPrices:
    def test_are_replaced_by_name(self, tmp_path: Path) -> None:
        file = tmp_path / "prices.json"
        file.write_text(json.dumps({"appsync_operations": 8.0}))

        assert overridden(file) == replace(PRICES, appsync_operations=8.0)

    def test_of_unknown_names_are_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "prices.json"
        file.write_text('{"tea": 1}')

        with pytest.raises(ValueError, match="no price is called tea"):
            overridden(file)

    def test_are_per_million_and_by_service(self) -> None:
        slow = Hop("CommandApi", 1024, gateway_requests=1)
        slow.called("dynamodb", "Query")
        slow.called("dynamodb", "PutItem")
        slow.wrote("events", 1)
        spent = Meter([slow]).dollars(PRICES)

        assert slow.milliseconds(PRICES) == 15  # 5 of our own, 5 for each call
        assert spent["API Gateway"] == 3.5
        assert spent["DynamoDB writes"] == 0.625
        assert spent["Lambda"] == pytest.approx(0.2 + 0.015 * 13.3334)


def test_the_command_prints_figures_for_people_and_for_programs() -> None:
    name = contents.first_change.name
    table = CliRunner().invoke(app, ["cost", name])
    data, one = (
        CliRunner().invoke(app, ["cost", name, "--json", "--subscribers", subscribers])
        for subscribers in ("3", "1")
    )
    typical, *_ = json.loads(data.stdout)["commands"]
    alone, *_ = json.loads(one.stdout)["commands"]
    functions = [hop["function"] for hop in typical["hops"]]

    assert table.exit_code == data.exit_code == 0
    assert name in table.stdout
    dearest = alone["dollars by service"]
    assert max(dearest, key=lambda service: dearest[service]) in table.stdout
    assert f"The way of {name}, typical" in table.stdout
    assert functions[:2] == ["CommandApi", "Publisher"]
    assert typical["AppSync messages"] == 3 * alone["AppSync messages"] > 0
    assert CliRunner().invoke(app, ["cost", "brew-coffee"]).exit_code == 2
