"""What was used: counted while a command runs, nothing is written down by hand."""

import math
from collections import Counter
from dataclasses import dataclass, field

from skafu.metering.prices import Prices

CHUNK = 64 * 1024  # bytes: EventBridge and SQS count by them
MESSAGE = 5 * 1024  # bytes: AppSync counts real-time messages by them


def add(units: dict[str, float], table: str, more: float) -> None:
    units[table] = units.get(table, 0) + more


def chunks(size: int, chunk: int = CHUNK) -> int:
    return max(1, math.ceil(size / chunk))


@dataclass(slots=True)
class Invocation:
    """One run of a function, its units by table; its calls are what takes its time."""

    function: str
    memory: int  # MB
    calls: Counter[str] = field(default_factory=Counter)
    write_units: dict[str, float] = field(default_factory=dict)
    read_units: dict[str, float] = field(default_factory=dict)

    def milliseconds(self, prices: Prices) -> int:
        """Billed, by the assumed time of each call."""
        times = {
            "dynamodb": prices.dynamodb_call_ms,
            "events": prices.put_events_call_ms,
            "appsync": prices.appsync_call_ms,
            "kms": prices.kms_call_ms,
        }
        waited = sum(times[service] * n for service, n in self.calls.items())
        return math.ceil(prices.handler_ms + waited)

    def gb_seconds(self, prices: Prices) -> float:
        return self.memory / 1024 * self.milliseconds(prices) / 1000


@dataclass(slots=True)
class Meter:
    """What one command took, from the request to the rows and to those who watch them.

    Units by table; `stored` is bytes of each event as it is stored, by event type.
    """

    write_units: dict[str, float] = field(default_factory=dict)
    read_units: dict[str, float] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    gateway_requests: int = 0
    invocations: list[Invocation] = field(default_factory=list)
    events: int = 0  # of 64 KB
    sqs_requests: int = 0  # of 64 KB
    appsync_operations: int = 0
    appsync_messages: int = 0  # of 5 KB
    kms_requests: int = 0
    stored: dict[str, list[int]] = field(default_factory=dict)
    item_bytes: int = 0  # of the commit

    @property
    def command(self) -> Invocation:
        """What CommandApi did: by the time of the answer, all of this was done."""
        return self.invocations[0]

    @property
    def command_reads(self) -> float:
        """Read units of CommandApi for history and look-ups; the caller's key is apart, since a
        process opens it once for many commands.
        """
        return sum(n for table, n in self.command.read_units.items() if table != "keys")

    @property
    def command_writes(self) -> float:
        return sum(self.command.write_units.values())

    def read(self, table: str, units: float) -> None:
        add(self.read_units, table, units)
        add(self.invocations[-1].read_units, table, units)

    def wrote(self, table: str, units: float) -> None:
        add(self.write_units, table, units)
        add(self.invocations[-1].write_units, table, units)

    def called(self, service: str, operation: str) -> None:
        """A call that the running function makes."""
        self.calls[f"{service}:{operation}"] += 1
        self.invocations[-1].calls[service] += 1

    def dollars(self, prices: Prices) -> dict[str, float]:
        """Per million such commands, by service."""
        seconds = sum(invocation.gb_seconds(prices) for invocation in self.invocations)
        logged = len(self.invocations) * prices.log_bytes_per_invocation
        return {
            "API Gateway": self.gateway_requests * prices.gateway_requests,
            "Lambda": len(self.invocations) * prices.lambda_requests
            + seconds * prices.lambda_gb_seconds,
            "DynamoDB writes": sum(self.write_units.values()) * prices.dynamodb_write_units,
            "DynamoDB reads": sum(self.read_units.values()) * prices.dynamodb_read_units,
            "EventBridge": self.events * prices.eventbridge_events,
            "SQS": self.sqs_requests * prices.sqs_requests,
            "AppSync operations": self.appsync_operations * prices.appsync_operations,
            "AppSync messages": self.appsync_messages * prices.appsync_messages,
            "KMS": self.kms_requests * prices.kms_requests,
            "Logs": logged * prices.log_bytes,
        }
