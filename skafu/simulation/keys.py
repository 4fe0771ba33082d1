"""Keys of persons: the table that holds them, and the service that wraps them."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from adapters.dynamodb.items import Item
from adapters.dynamodb.key_table import DynamoDbKeyTable
from adapters.kms.key_wrapper import KmsKeyWrapper
from application.ports import Clock
from application.privacy.sealing import Sealer
from application.privacy.subject_keys import SubjectKeys
from skafu.simulation.dynamodb import EXCEPTIONS, condition_failed, put, throttle
from skafu.simulation.faults import Fault
from skafu.simulation.world import World

KEYS = "keys"
"""The table's name."""
LIFETIME = 2.0  # seconds for which a process uses a key that it has opened
SLOW = (5, 20, 60)  # pauses of a service that is slow to answer


class Moment(NamedTuple):
    step: int
    milliseconds: int


class KeyTable:
    """GetItem, strongly consistent, PutItem on a condition, and both forms of UpdateItem."""

    exceptions = EXCEPTIONS

    def __init__(self, world: World) -> None:
        self.items: dict[str, Item] = {}
        self.destroyed: dict[str, Moment] = {}
        """The moments at which keys were destroyed, by subject."""
        self._world = world

    def get_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("GetItem of a key", self._get, given["Key"]["subject"]["S"])

    def put_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        add = partial(self._add, given["Item"])
        return self._world.call("PutItem of a key", put, self._world, add)

    def update_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("UpdateItem of a key", self._update, given)

    def _get(self, subject: str) -> dict[str, Any]:
        throttle(self._world, Fault.QUERY_THROTTLED, "GetItem")
        found = self.items.get(subject)
        return {} if found is None else {"Item": found}

    def _add(self, item: Item) -> None:
        subject = item["subject"]["S"]
        if not self.is_free(subject):
            raise condition_failed(self.items[subject])
        self.items[subject] = item

    def is_free(self, subject: str) -> bool:
        return subject not in self.items

    def _update(self, given: dict[str, Any]) -> dict[str, Any]:
        subject, values = given["Key"]["subject"]["S"], given.get("ExpressionAttributeValues", {})
        destroys = ":now" in values
        change = self._destroy if destroys else self._note
        put(self._world, partial(change, subject, values))
        return {"Attributes": self.items[subject]}

    def _destroy(self, subject: str, values: Item) -> None:
        found = self.items.get(subject, {})
        kept = {name: found[name] for name in found if name not in ("wrappedKey", "createdAt")}
        self.items[subject] = {"subject": {"S": subject}, "forgottenAt": values[":now"], **kept}
        moment = Moment(self._world.step, self._world.milliseconds)
        self.destroyed.setdefault(subject, moment)

    def _note(self, subject: str, values: Item) -> None:
        found = self.items.get(subject, {})
        if "forgottenAt" not in found:
            raise condition_failed()
        kept = {name: found[name] for name in found if name not in ("position", "toldAt")}
        self.items[subject] = kept | {name[1:]: value for name, value in values.items()}


class KeyService:
    """GenerateDataKey and Decrypt of AWS KMS."""

    def __init__(self, world: World) -> None:
        self.opened = Counter[str]()
        """How many times a key was opened, by subject."""
        self._world = world
        self._secrets: dict[bytes, tuple[str, bytes]] = {}

    def generate_data_key(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("GenerateDataKey", self._make, given["EncryptionContext"])

    def decrypt(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        answer = self._world.call("Decrypt", self._open, given)
        if self._world.strikes(Fault.KEY_SLOW):
            for _ in range(self._world.rng.choice(SLOW)):
                self._world.pause()
        return answer

    def _make(self, context: dict[str, str]) -> dict[str, Any]:
        throttle(self._world, Fault.QUERY_THROTTLED, "GenerateDataKey")
        secret, wrapped = (self._world.rng.randbytes(32) for _ in range(2))
        self._secrets[wrapped] = context["subject"], secret
        return {"Plaintext": secret, "CiphertextBlob": wrapped}

    def _open(self, given: dict[str, Any]) -> dict[str, Any]:
        throttle(self._world, Fault.QUERY_THROTTLED, "Decrypt")
        subject, secret = self._secrets[given["CiphertextBlob"]]
        assert subject == given["EncryptionContext"]["subject"]
        self.opened[subject] += 1
        return {"Plaintext": secret}


class Keys:
    """Table and service in one client, as a process uses them; `kind` caches what it has opened."""

    exceptions = EXCEPTIONS

    def __init__(self, world: World, table: type[KeyTable], kind: type[SubjectKeys]) -> None:
        self.table = table(world)
        self.service = KeyService(world)
        self.get_item, self.put_item = self.table.get_item, self.table.put_item
        self.update_item = self.table.update_item
        self.generate_data_key = self.service.generate_data_key
        self.decrypt = self.service.decrypt
        self._world = world
        self._kind = kind

    def fresh_sealer(self) -> Sealer:
        """Return the sealer of a process that has opened no key yet."""
        world = self._world
        return sealer(self._kind, self, lambda: world.now, lambda: world.milliseconds / 1000)


def sealer(
    keys: type[SubjectKeys],
    client: Any,  # noqa: ANN401 - DynamoDB and KMS
    clock: Clock,
    monotonic: Callable[[], float],
) -> Sealer:
    wrapper = KmsKeyWrapper(lambda: client, "sealing")
    return Sealer(keys(DynamoDbKeyTable(client, KEYS), wrapper, clock, LIFETIME, monotonic))
