"""The committed budget: it shows when a command gets more expensive."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skafu.metering.measure import Measured
from skafu.metering.meter import Hop
from skafu.metering.prices import PRICES, Prices

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "tests" / "cost" / "budget.json"
PAGE = ROOT / "docs" / "cost.md"
HEAD = """\
| command, payload | commit B | WCU, RCU of the store | of all | AppSync | $: command + its way |
|---|---|---|---|---|---|
"""
ACCEPT = "If that is meant: `skafu cost --accept`, and say why in the commit."
TOLERANCE = 0.005  # half a cent per million: what rounding to cents may hide

Figures = dict[str, float]
Budget = Mapping[str, Figures]
"""By `command payload`."""


@dataclass(frozen=True, slots=True)
class Dearer:
    """One figure that is above its budget; without a budget there is no `allowed`."""

    command: str
    figure: str
    allowed: float | None
    found: float

    def __str__(self) -> str:
        if self.allowed is None:
            return f"{self.command} has no budget; it takes {self.found:g} {self.figure}. {ACCEPT}"
        return f"{self.command}: {self.figure} {self.allowed:g} -> {self.found:g}. {ACCEPT}"


def figures(measured: Measured, prices: Prices = PRICES) -> Figures:
    """Return the figures of a budget; all but dollars are exact."""
    meter = measured.meter
    return {
        "dollars per million": cents(meter.hops, prices),
        "dollars of the command": cents([meter.command], prices),
        "dollars of the events' way": cents(meter.way, prices),
        "write units of the command": meter.command_writes,
        "read units of the command": meter.command_reads,
        "read units for the caller's key": meter.command.read_units.get("keys", 0),
        "write units": sum(meter.units(lambda hop: hop.write_units).values()),
        "read units": sum(meter.units(lambda hop: hop.read_units).values()),
        "function invocations": len(meter.hops),
        "events": meter.total(lambda hop: hop.events),
        "queue requests": meter.total(lambda hop: hop.sqs_requests),
        "AppSync operations": meter.total(lambda hop: hop.appsync_operations),
        "AppSync messages": meter.total(lambda hop: hop.appsync_messages),
        "KMS requests": meter.total(lambda hop: hop.kms_requests),
        "bytes of the commit": meter.item_bytes,
    }


def cents(hops: Sequence[Hop], prices: Prices) -> float:
    """Return dollars per million commands, to the cent."""
    return round(sum(sum(hop.dollars(prices).values()) for hop in hops), 2)


def name(measured: Measured) -> str:
    return f"{measured.command} {measured.payload}"


def dearer(measured: Sequence[Measured], budget: Budget) -> Iterator[Dearer]:
    for each in measured:
        found, allowed = figures(each), budget.get(name(each))
        if allowed is None:
            yield Dearer(name(each), "dollars per million", None, found["dollars per million"])
            continue
        for figure, value in found.items():
            # Bytes are for reading: what they cost is in the units.
            if figure != "bytes of the commit" and value > allowed.get(figure, 0) + TOLERANCE:
                yield Dearer(name(each), figure, allowed.get(figure, 0), value)


def forgotten(measured: Sequence[Measured], budget: Budget) -> list[str]:
    """Return the budgets of commands that no longer exist."""
    return sorted(budget.keys() - {name(each) for each in measured})


def load() -> Budget:
    budget: dict[str, Any] = json.loads(FILE.read_text())
    return budget


def accept(measured: Sequence[Measured]) -> None:
    """Write the budget, and its table on the page."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    content = {name(each): figures(each) for each in measured}
    FILE.write_text(json.dumps(content, indent=2) + "\n")
    before, _, rest = PAGE.read_text().partition(HEAD)
    PAGE.write_text(before + table(content) + rest[rest.index("\n\n") + 1 :])


def table(budget: Budget) -> str:
    """Return the budget as docs/cost.md shows it."""
    return HEAD + "".join(table_row(command, found) for command, found in budget.items())


def table_row(command: str, found: Figures) -> str:
    way = found["dollars of the events' way"]
    cells = (
        command,
        f"{found['bytes of the commit']:.0f}",
        f"{found['write units of the command']:g}, {found['read units of the command']:g}",
        f"{found['write units']:g}, {found['read units']:g}",
        f"{found['AppSync operations']:g}",
        f"{found['dollars of the command']:.2f} + {way:.2f} = {found['dollars per million']:.2f}",
    )
    return f"| {' | '.join(cells)} |\n"
