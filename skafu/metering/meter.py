"""The meter: it counts what a command uses while it runs; no figure is written by hand."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from skafu.metering.prices import Prices

CHUNK = 64 * 1024  # bytes: EventBridge and SQS count by them
MESSAGE = 5 * 1024  # bytes: AppSync counts real-time messages by them

Units = dict[str, float]
"""Capacity units by table."""
Dollars = dict[str, float]
"""Per million, by service."""


def add(units: Units, table: str, more: float) -> None:
    units[table] = units.get(table, 0) + more


def chunks(size: int, chunk: int = CHUNK) -> int:
    return max(1, math.ceil(size / chunk))


@dataclass(slots=True)
class Hop:
    """One run of a function, with the requests that started it and those that it makes.

    Its duration is that of the calls that it makes.
    """

    function: str
    memory: int  # MB
    calls: Counter[str] = field(default_factory=Counter)  # by `service:operation`
    write_units: Units = field(default_factory=dict)
    read_units: Units = field(default_factory=dict)
    gateway_requests: int = 0
    events: int = 0  # of 64 KB
    sqs_requests: int = 0  # of 64 KB
    appsync_operations: int = 0
    appsync_messages: int = 0  # of 5 KB
    kms_requests: int = 0
    executions: int = 0  # of a state machine, started

    def read(self, table: str, units: float) -> None:
        add(self.read_units, table, units)

    def wrote(self, table: str, units: float) -> None:
        add(self.write_units, table, units)

    def called(self, service: str, operation: str) -> None:
        self.calls[f"{service}:{operation}"] += 1

    def milliseconds(self, prices: Prices) -> int:
        """Return the billed time, from the assumed time of each call."""
        times = {
            "dynamodb": prices.dynamodb_call_ms,
            "events": prices.put_events_call_ms,
            "appsync": prices.appsync_call_ms,
            "kms": prices.kms_call_ms,
            "states": prices.step_functions_call_ms,
        }
        waited = sum(times[call.partition(":")[0]] * n for call, n in self.calls.items())
        return math.ceil(prices.handler_ms + waited)

    def dollars(self, prices: Prices) -> Dollars:
        gb_seconds = self.memory / 1024 * self.milliseconds(prices) / 1000
        return {
            "API Gateway": self.gateway_requests * prices.gateway_requests,
            "Lambda": prices.lambda_requests + gb_seconds * prices.lambda_gb_seconds,
            "DynamoDB writes": sum(self.write_units.values()) * prices.dynamodb_write_units,
            "DynamoDB reads": sum(self.read_units.values()) * prices.dynamodb_read_units,
            "EventBridge": self.events * prices.eventbridge_events,
            "SQS": self.sqs_requests * prices.sqs_requests,
            "AppSync operations": self.appsync_operations * prices.appsync_operations,
            "AppSync messages": self.appsync_messages * prices.appsync_messages,
            "KMS": self.kms_requests * prices.kms_requests,
            "Step Functions": self.executions * prices.step_functions_requests,
            "Logs": prices.log_bytes_per_invocation * prices.log_bytes,
        }


@dataclass(slots=True)
class Meter:
    """The use of one command, hop by hop, from the request to the rows and to those who watch them.

    The first hop is the command; the others are the way of its events. `stored` is bytes of each
    event as it is stored, by event type, `item_bytes` those of the commit.
    """

    hops: list[Hop] = field(default_factory=list)
    stored: dict[str, list[int]] = field(default_factory=dict)
    item_bytes: int = 0

    @property
    def hop(self) -> Hop:
        """The hop that runs now."""
        return self.hops[-1]

    @property
    def command(self) -> Hop:
        return self.hops[0]

    @property
    def way(self) -> list[Hop]:
        return self.hops[1:]

    @property
    def command_reads(self) -> float:
        """Read units of CommandApi for history and look-ups; the caller's key is apart, since a
        process opens it once for many commands.
        """
        return sum(n for table, n in self.command.read_units.items() if table != "keys")

    @property
    def command_writes(self) -> float:
        return sum(self.command.write_units.values())

    def total(self, figure: Callable[[Hop], float]) -> float:
        return sum(map(figure, self.hops))

    def units(self, figure: Callable[[Hop], Units]) -> Units:
        found: Units = {}
        for hop in self.hops:
            for table, units in figure(hop).items():
                add(found, table, units)
        return found

    def calls(self) -> Counter[str]:
        return sum((hop.calls for hop in self.hops), Counter())

    def dollars(self, prices: Prices) -> Dollars:
        found: Dollars = {}
        for hop in self.hops:
            for service, spent in hop.dollars(prices).items():
                add(found, service, spent)
        return found
