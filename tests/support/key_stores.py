"""Key tables and key wrappers that keep one contract each: in memory, on moto, on the emulator."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, NamedTuple, cast

import boto3
from moto import mock_aws

from adapters.dynamodb.key_table import DynamoDbKeyTable
from adapters.kms.key_wrapper import KmsKeyWrapper
from adapters.memory.key_table import MemoryKeyTable
from adapters.memory.key_wrapper import MemoryKeyWrapper
from application.privacy.subject_keys import KeyTable, KeyWrapper
from tests.support import stores

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient


class Keys(NamedTuple):
    table: KeyTable
    wrapper: KeyWrapper


Opening = Callable[[], AbstractContextManager[Keys]]
"""Opens an empty key table, with a wrapper of its own."""


@contextmanager
def memory() -> Iterator[Keys]:
    yield Keys(MemoryKeyTable(), MemoryKeyWrapper())


@contextmanager
def moto() -> Iterator[Keys]:
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="us-east-1", config=stores.CONFIG)
        kms = boto3.client("kms", region_name="us-east-1", config=stores.CONFIG)
        yield on(cast("DynamoDBClient", stores.OneAtATime(dynamodb)), kms)


def emulated(emulator: stores.Emulator) -> Opening:
    @contextmanager
    def opened() -> Iterator[Keys]:
        kms = boto3.client(
            "kms",
            endpoint_url=emulator.endpoint,
            region_name="us-east-1",
            aws_access_key_id="000000000000",
            aws_secret_access_key="test",
            config=stores.CONFIG,
        )
        yield on(emulator.client(), kms)

    return opened


def on(dynamodb: "DynamoDBClient", kms: "KMSClient") -> Keys:
    """A key table as template.yaml has it, and a key."""
    table = stores.new_table(dynamodb, "KeyTable")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    return Keys(DynamoDbKeyTable(dynamodb, table), KmsKeyWrapper(lambda: kms, key))
