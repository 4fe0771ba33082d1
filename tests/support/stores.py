"""The event stores that keep one contract: in memory, on moto, on the emulator of `make dev`."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import boto3
import requests
from botocore.config import Config
from moto import mock_aws

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.memory.event_store import MemoryEventStore
from edge.commands.api import CommandStore
from local.ports import listens
from tests.support import template
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PORTS = range(23000, 23100)
WAIT_SECONDS = 60.0
LOCKED = ("put_item", "query", "get_item", "batch_get_item", "transact_write_items")
# As the functions have it (handlers/wiring.py), with room for many threads.
CONFIG = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    parameter_validation=False,
    max_pool_connections=64,
)
Opening = Callable[[], AbstractContextManager[CommandStore]]
"""Opens a store with nothing in it."""


@contextmanager
def memory() -> Iterator[CommandStore]:
    yield MemoryEventStore()


@contextmanager
def moto() -> Iterator[CommandStore]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1", config=CONFIG)
        tables = new_tables(client)
        yield DynamoDbEventStore(cast("DynamoDBClient", OneAtATime(client)), *tables)


class OneAtATime:
    """Moto checks a condition and stores the item in two steps, between which another thread may
    come; DynamoDB does both at once.
    """

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client
        self._lock = Lock()

    def __getattr__(self, name: str) -> object:
        found = getattr(self._client, name)
        return self._locked(found) if name in LOCKED else found

    def _locked(self, operation: Callable[..., object]) -> Callable[..., object]:
        def run(**parameters: object) -> object:
            with self._lock:
                return operation(**parameters)

        return run


@dataclass(frozen=True)
class Emulator:
    """A running MiniStack with our patches."""

    port: int

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def store(self) -> Iterator[CommandStore]:
        client = self.client()
        yield DynamoDbEventStore(client, *new_tables(client))

    def client(self) -> "DynamoDBClient":
        return boto3.client(
            "dynamodb",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="000000000000",
            aws_secret_access_key="test",
            config=CONFIG,
        )

    @contextmanager
    def faults(self, **settings: float) -> Iterator[None]:
        """Let it misbehave: see local/emulator/faults.py."""
        control = f"{self.endpoint}/_skafu/faults"
        requests.post(control, json=settings, timeout=60).raise_for_status()
        try:
            yield
        finally:
            requests.delete(control, timeout=60).raise_for_status()


@contextmanager
def emulator() -> Iterator[Emulator]:
    """An emulator of our own, which stops when its standard input is closed."""
    started, process = launched()
    try:
        yield started
    finally:
        process.communicate(timeout=WAIT_SECONDS)


def launched() -> tuple[Emulator, subprocess.Popen[bytes]]:
    """On some free port; on another when somebody else was quicker to take it."""
    for port in random.sample(PORTS, len(PORTS)):
        if not listens(port):
            process = launch(port)
            if answers(Emulator(port), process):
                return Emulator(port), process
            process.communicate(timeout=WAIT_SECONDS)
    raise RuntimeError(f"no emulator could be started on any of {PORTS}")


def launch(port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [ROOT / ".tools/ministack/bin/python", "-m", "local.emulator"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "GATEWAY_PORT": str(port),
            "SKAFU_FUNCTION_PYTHON": sys.executable,
            "SKAFU_LEASH": "stdin",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def answers(started: Emulator, process: subprocess.Popen[bytes]) -> bool:
    """Tell if the process, and no other, answers in time."""
    deadline = time.monotonic() + WAIT_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if listens(started.port):
            health = requests.get(f"{started.endpoint}/_skafu/health", timeout=WAIT_SECONDS)
            # Until its import has ended, a process does not know that another one has its port.
            return bool(health.ok and health.json()["pid"] == process.pid)
        time.sleep(0.1)
    return False


def new_tables(client: "DynamoDBClient") -> tuple[str, str]:
    """An events table and a claims table, as template.yaml has them."""
    return new_table(client, "EventsTable"), new_table(client, "ClaimsTable")


def new_table(client: "DynamoDBClient", resource: str) -> str:
    properties = template.written()[resource]["Properties"]
    name = f"skafu-{resource.lower()}-{uuid4().hex[:8]}"
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=properties["KeySchema"],
        AttributeDefinitions=properties["AttributeDefinitions"],
    )
    return name
