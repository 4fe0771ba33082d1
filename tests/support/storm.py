"""The storm: many clients, deliveries doubled and out of order, functions killed at random."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import requests
import uuid6

from domain.contents import contents
from tests.support.api_client import ApiClient, Json
from tests.support.owner import ADDING, CHANGE, CREATE, Owner, data
from tests.support.template import function_name, projectors

FIRST = contents.first_creation.aggregate_type
MADE = {one.name for one in contents.projections if one.aggregate_type == FIRST}
"""The groups of rows that the storm's commands make; the others have nothing to do meanwhile."""
KILLED = {
    "publisher": function_name("Publisher"),
    **{name: function_name(function) for name, function in projectors().items() if name in MADE},
}
FAULTS = {
    "duplicateStream": 1 / 3,
    "duplicateQueue": 1 / 3,
    "shuffleStream": 1.0,
    "shuffleQueue": 1.0,
    "partialEvents": 0.05,
}


@dataclass
class Storm:
    """`kills` of each function at least; commands spread over aggregates and clients.

    With `wait`, a client waits for the row of what it did, for so many seconds at most.
    """

    outputs: Json
    seed: int
    aggregates: int = 20
    commands: int = 200
    clients: int = 8
    kills: int = 20
    wait: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    struck: dict[str, int] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)

    def rage(self) -> list[str]:
        """Send everything while killing; the ids of the aggregates come back."""
        with self._faults(), self._killer() as killed_enough:
            ids = self._commands()
            # Nothing left to do would leave nothing to kill: keep writing until all died enough.
            owner = ApiClient(self.outputs, "owner@skafu.dev")
            dice = random.Random(self.seed + 1)
            deadline = time.monotonic() + 240
            while not killed_enough() and time.monotonic() < deadline:
                self._change(owner, dice.choice(ids), dice.randrange(10**6))
                time.sleep(0.5)
        return ids

    def _commands(self) -> list[str]:
        owner = Owner(self.outputs, "owner@skafu.dev")
        ids = [
            self._sent(owner, CREATE.method, CREATE.path, data(CREATE, n))["aggregateId"]
            for n in range(self.aggregates)
        ]
        work = [(n, ids[n % self.aggregates]) for n in range(self.commands - self.aggregates)]
        with ThreadPoolExecutor(self.clients) as pool:
            list(pool.map(self._one, work))
        return ids

    def _one(self, item: tuple[int, str]) -> None:
        number, plain = item
        self._change(Owner(self.outputs, "owner@skafu.dev"), plain, number)

    def _change(self, client: ApiClient, plain: str, number: int) -> None:
        """Change what is there, or add to it: another number, another command."""
        dice = random.Random(self.seed + number)
        operation = dice.choice((CHANGE, *ADDING))
        path = operation.path.replace("<id>", plain)
        self._sent(client, operation.method, path, data(operation, number + 1))

    def _sent(self, client: ApiClient, method: str, path: str, body: Json) -> Json:
        """Send like a good client: the same key until there is an answer."""
        headers = {"Idempotency-Key": str(uuid6.uuid7())}
        headers |= {"Prefer": f"wait={self.wait}"} if self.wait else {}
        for _ in range(50):
            answer = client.send(method, path, body, headers)
            self.answers[answer.status_code] += 1
            if answer.status_code in (200, 202, 409):
                found: Json = answer.json()
                return found
            time.sleep(0.1)
        raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        url = self.outputs["awsEndpointUrl"] + "/_skafu/faults"
        requests.post(url, json={"seed": self.seed, **FAULTS}, timeout=60).raise_for_status()
        try:
            yield
        finally:
            self.struck = requests.get(url, timeout=60).json()["struck"]
            requests.delete(url, timeout=60)

    @contextmanager
    def _killer(self) -> Iterator[Callable[[], bool]]:
        stop = threading.Event()
        thread = threading.Thread(target=self._kill_until, args=(stop,), daemon=True)
        thread.start()
        try:
            yield lambda: all(self.killed[name] >= self.kills for name in KILLED)
        finally:
            stop.set()
            thread.join()

    def _kill_until(self, stop: threading.Event) -> None:
        dice, answered = random.Random(self.seed), -1
        # Between two kills a cold start must now and then have the time to do some work: a command
        # was answered meanwhile, however slow the machine is.
        while not stop.wait(dice.uniform(0.1, 2.0)):
            if self.answers.total() == answered:
                continue
            answered = self.answers.total()
            alive = {name: environments(self.outputs, KILLED[name]) for name in KILLED}
            # The least killed of those that run: a slow starter would else be killed too rarely.
            if running := [name for name in KILLED if alive[name]]:
                name = min(running, key=lambda name: self.killed[name])
                with suppress(ProcessLookupError):  # it has just ended by itself
                    os.kill(dice.choice(alive[name]), signal.SIGKILL)
                    self.killed[name] += 1


def environments(outputs: Json, function: str) -> list[int]:
    """Processes of the emulator that run `function`."""
    health = requests.get(outputs["awsEndpointUrl"] + "/_skafu/health", timeout=60).json()
    pids: list[int] = health["environments"].get(function, [])
    return pids


def report(storm: Storm, repairs: int, seconds: float) -> dict[str, Any]:
    return {
        "seed": storm.seed,
        "answers": dict(storm.answers),
        "kills": dict(storm.killed),
        "faults": storm.struck,
        "rows mended by the reconciler": repairs,
        "seconds to converge": round(seconds, 1),
    }
