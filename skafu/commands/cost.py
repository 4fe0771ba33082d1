"""`skafu cost`: what each command costs, from the request to the rows and those who watch them."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

from domain.contents import contents
from skafu.metering import budget
from skafu.metering.measure import Measured, measure, measure_ways
from skafu.metering.meter import Hop, Meter
from skafu.metering.prices import Prices, overridden
from skafu.reach.quiet import quiet
from skafu.terminal import document, progress, say, table

COUNTS = (
    "bytes of the commit", "write units of the command", "read units of the command",
    "write units", "read units", "function invocations", "events", "queue requests",
    "AppSync operations", "AppSync messages", "KMS requests",
)  # fmt: skip
MONEY = ("dollars of the command", "dollars of the events' way", "dollars per million")
DETAILED = 5  # commands: of more, the ways are not shown one by one
HEAD = (
    "Command", "Payload", "Commit B", "Store WCU", "RCU", "All WCU", "RCU", "Lambda", "Events",
    "SQS", "AppSync", "Messages", "KMS", "$ command", "+ way", "= $ / million", "Dominated by",
)  # fmt: skip


def cost(
    commands: Annotated[
        list[str] | None, typer.Argument(help=f"E.g. {contents.first_change.name}; all by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    subscribers: Annotated[int, typer.Option(min=0, help="Browsers that watch each row.")] = 1,
    prices: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="JSON file with other prices, by name."),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Write the result to tests/cost/budget.json.")
    ] = False,
) -> None:
    """Print what each command costs: it runs through the real handlers, and every use is counted.

    Each command runs in cold processes, with typical data and with the largest that is allowed.
    Nothing is deployed, and nothing leaves this machine.
    """
    listed = overridden(prices)
    with quiet():
        measured = run(commands or [], subscribers)
    if accept:
        accepted(commands, subscribers, measured)
    if as_json:
        document(as_data(measured, listed))
    else:
        show(measured, listed)


def accepted(commands: Sequence[str] | None, subscribers: int, measured: list[Measured]) -> None:
    if commands or subscribers != 1:
        raise typer.BadParameter("--accept takes all commands, with one subscriber")
    budget.accept(measured)
    say(f"wrote {budget.FILE}")


def run(commands: Sequence[str], subscribers: int) -> list[Measured]:
    if unknown := [name for name in commands if name not in contents.operation]:
        raise typer.BadParameter(
            f"no command {', '.join(unknown)}; there are {', '.join(contents.operation)}"
        )
    wanted = [
        operation for operation in contents.operations if not commands or operation.name in commands
    ]
    with progress("Commands", len(wanted)) as bar:
        (task,) = bar.task_ids
        measured = measure(wanted, subscribers, lambda: bar.advance(task))
    return measured if commands else [*measured, *measure_ways()]


def as_data(measured: Sequence[Measured], prices: Prices) -> dict[str, Any]:
    return {
        "prices": {name: getattr(prices, name) for name in Prices.__slots__},
        "commands": [
            {
                "command": each.command,
                "payload": each.payload,
                **budget.figures(each, prices),
                "dollars by service": dollars(each.meter, prices),
                "hops": [hop_data(hop, prices) for hop in each.meter.hops],
            }
            for each in measured
        ],
        "stored bytes": stored(measured),
    }


def hop_data(hop: Hop, prices: Prices) -> dict[str, Any]:
    """Return one run of a function as data, with the requests that started it."""
    return {
        "function": hop.function,
        "milliseconds": hop.milliseconds(prices),
        "calls": dict(hop.calls),
        "write units by table": hop.write_units,
        "read units by table": hop.read_units,
        "events": hop.events,
        "queue requests": hop.sqs_requests,
        "AppSync messages": hop.appsync_messages,
        "dollars per million": budget.cents([hop], prices),
    }


def dollars(meter: Meter, prices: Prices) -> dict[str, float]:
    return {service: round(sum_, 4) for service, sum_ in meter.dollars(prices).items()}


def stored(measured: Sequence[Measured]) -> dict[str, dict[str, float]]:
    """Return the stored bytes of each event type, for typical and for largest commands."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for each in measured:
        for event, sizes in each.meter.stored.items():
            found[event][each.payload] += sizes
    return {
        event: {payload: median(sizes) for payload, sizes in by_payload.items()}
        for event, by_payload in sorted(found.items())
    }


def show(measured: Sequence[Measured], prices: Prices) -> None:
    numbers = range(2, len(HEAD) - 1)
    rows = [row(each, prices) for each in measured]
    table(HEAD, rows, title="What a command costs, cold", numbers=numbers)
    if len({each.command for each in measured}) <= DETAILED:
        for each in measured:
            show_hops(each, prices)
    show_events(measured)
    say(*assumptions(prices).splitlines())


def row(each: Measured, prices: Prices) -> list[str]:
    found, spent = budget.figures(each, prices), each.meter.dollars(prices)
    first = max(spent, key=lambda service: spent[service])
    share = f"{first} {spent[first] / sum(spent.values()):.0%}"
    numbers, money = (f"{found[n]:.10g}" for n in COUNTS), (f"{found[n]:.2f}" for n in MONEY)
    return [each.command, each.payload, *numbers, *money, share]


def show_hops(each: Measured, prices: Prices) -> None:
    """Show the way of one command, function by function."""
    table(
        ("Function", "ms", "Calls", "WCU", "RCU", "$ / million"),
        [hop_row(hop, prices) for hop in each.meter.hops],
        title=f"The way of {each.command}, {each.payload}",
    )


def hop_row(hop: Hop, prices: Prices) -> list[str]:
    calls = ", ".join(f"{n} {call.partition(':')[2]}" for call, n in sorted(hop.calls.items()))
    units = (sum(hop.write_units.values()), sum(hop.read_units.values()))
    spent = f"{budget.cents([hop], prices):.2f}"
    milliseconds = str(hop.milliseconds(prices))
    return [hop.function, milliseconds, calls, *(f"{n:g}" for n in units), spent]


def show_events(measured: Sequence[Measured]) -> None:
    rows = [
        (event, *(f"{sizes.get(payload, 0):g}" for payload in ("typical", "largest")))
        for event, sizes in stored(measured).items()
    ]
    table(("Event", "Typical B", "Largest B"), rows, title="Bytes stored with each event")


def assumptions(prices: Prices) -> str:
    return f"""
Prices of {prices.region}, {prices.date}, on demand, above the free tier. Calls, sizes are counted.
Store: history and look-ups of the command API. All: with the caller's key (1 unit and a KMS request
when the process has not opened it yet), rows, their indexes, and what projectors read.
Assumed: milliseconds inside AWS, {prices.dynamodb_call_ms:g} a DynamoDB call, \
{prices.put_events_call_ms:g} PutEvents, {prices.appsync_call_ms:g} AppSync, \
{prices.kms_call_ms:g} KMS, {prices.handler_ms:g} our own code;
{prices.log_bytes_per_invocation:g} bytes logged by an invocation. Each commit is alone in its \
batch: traffic shares invocations.
Not in it: storage, backups, traces, connected minutes, data transfer, people in Cognito.
"""
