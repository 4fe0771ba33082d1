"""The committed budget: a command that gets dearer is seen before it is merged."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skafu.metering.measure import Measured
from skafu.metering.prices import PRICES, Prices

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "tests" / "cost" / "budget.json"
PAGE = ROOT / "docs" / "cost.md"
HEAD = """\
| command, payload | commit B | store WCU | store RCU | all WCU | all RCU | AppSync | $ / million |
|---|---|---|---|---|---|---|---|
"""
COLUMNS = (
    "bytes of the commit",
    "write units of the command",
    "read units of the command",
    "write units",
    "read units",
    "AppSync operations",
)
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
    """What a budget is about; all but dollars are exact."""
    meter = measured.meter
    return {
        "dollars per million": round(sum(meter.dollars(prices).values()), 2),
        "write units of the command": meter.command_writes,
        "read units of the command": meter.command_reads,
        "read units for the caller's key": meter.command.read_units.get("keys", 0),
        "write units": sum(meter.write_units.values()),
        "read units": sum(meter.read_units.values()),
        "function invocations": len(meter.invocations),
        "events": meter.events,
        "queue requests": meter.sqs_requests,
        "AppSync operations": meter.appsync_operations,
        "AppSync messages": meter.appsync_messages,
        "KMS requests": meter.kms_requests,
        "bytes of the commit": meter.item_bytes,
    }


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
    """Budgets of commands that there are no more."""
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
    """The budget as docs/cost.md shows it."""
    rows = [
        f"| {' | '.join([command, *(f'{found[c]:.10g}' for c in COLUMNS)])} "
        f"| {found['dollars per million']:.2f} |\n"
        for command, found in budget.items()
    ]
    return HEAD + "".join(rows)
