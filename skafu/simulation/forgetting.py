"""An operator who forgets a person in the middle of traffic, as `skafu forget-subject` does."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.dynamodb.key_table import DynamoDbKeyTable
from adapters.dynamodb.subject_streams import DynamoDbSubjectStreams
from application.ports import Unavailable
from application.privacy.forgetting import LONGEST_COMMAND, Forgetting
from application.privacy.subject_keys import KeyRecord
from application.writing.execute import Executor
from edge.caller import Caller
from skafu.simulation.clients import ALICE, BOB
from skafu.simulation.faults import Fault
from skafu.simulation.keys import KEYS, LIFETIME, Keys, KeyService
from skafu.simulation.world import EPOCH, Killed, World

SCAN_PAGE = 2  # commits
SUBJECTS = (ALICE, ALICE, BOB)
"""Those who may be forgotten: mostly one for whom machines act, too."""
PATIENCE = 300  # pauses until the operator begins in any case


class Operator:
    """Forgets one person. What breaks off, or fails for a stream, is run again until it is done."""

    def __init__(
        self, world: World, subject: str, forgetting: Forgetting, service: KeyService
    ) -> None:
        self.subject = subject
        self.errors: list[Exception] = []
        """Why streams could not be notified."""
        self._world = world
        self._forgetting = forgetting
        self._service = service

    def run(self) -> None:
        self._hesitate()
        while not self._forget():
            self._world.pause()

    def _hesitate(self) -> None:
        """Wait for any moment, or for one at which a process is opening the key."""
        rng = self._world.rng
        at_opening, pauses = rng.random() < 0.5, rng.randint(1, PATIENCE)
        before = self._service.opened[self.subject]
        for _ in range(PATIENCE if at_opening else pauses):
            self._world.pause()
            if at_opening and self._service.opened[self.subject] > before:
                return

    def _forget(self) -> bool:
        """Run the command once; tell whether it came to its end."""
        try:
            tombstone = self._forgetting.destroy_key(self.subject)
            self._settle(tombstone)
            return self._notify(tombstone)
        except (Killed, Unavailable):
            return False

    def _settle(self, tombstone: KeyRecord) -> None:
        """Wait until no process uses the key, and until the commands on their way have ended.

        Here they take as long as they take; in Lambda no longer than `LONGEST_COMMAND`.
        """
        until = self._forgetting.settled_at(tombstone)
        last_use = milliseconds(until - LONGEST_COMMAND)
        while self._world.milliseconds <= last_use or self._world.is_busy_since(last_use):
            self._world.pause()
        self._world.milliseconds = max(self._world.milliseconds, milliseconds(until))

    def _notify(self, tombstone: KeyRecord) -> bool:
        """Notify the streams; tell whether all know, and nothing broke it off."""
        failed = False
        for page in self._forgetting.notify(self.subject, tombstone):
            self.errors += [error for _, error in page.failed]
            failed = failed or bool(page.failed)
            if self._world.strikes(Fault.FORGETTING_BROKEN_OFF):
                return False
        return not failed


def milliseconds(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds() * 1000)


def operator(
    world: World,
    keys: Keys,
    events: Any,  # noqa: ANN401 - DynamoDB, for a scan
    executors: Mapping[str, Executor[Any, Any, Any]],
    kind: type[Forgetting],
    subjects: Sequence[Caller],
) -> Operator:
    client: Any = keys
    forgetting = kind(
        DynamoDbKeyTable(client, KEYS),
        DynamoDbSubjectStreams(events, "events", SCAN_PAGE),
        executors,
        lambda: world.now,
        timedelta(seconds=LIFETIME),
    )
    return Operator(world, world.rng.choice(subjects).sub, forgetting, keys.service)
