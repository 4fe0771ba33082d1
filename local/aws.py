"""boto3 clients of the emulator; nothing of the user's own AWS configuration is read."""

import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeAlias

import boto3
from botocore.config import Config

# boto3 makes its clients, and their methods, at run time.
Client: TypeAlias = Any

REGION = "us-east-1"
ACCOUNT = "000000000000"


@dataclass(frozen=True)
class Aws:
    """Clients for the emulator at `endpoint`: one of each service, safe to share by threads."""

    endpoint: str

    def client(self, service: str) -> Client:
        return make_client(service, self.endpoint)


@lru_cache
def make_client(service: str, endpoint: str) -> Client:
    # A bucket in the host name would have to be resolved by the machine.
    config = Config(inject_host_prefix=False, s3={"addressing_style": "path"})
    with _making:
        return session().client(service, endpoint_url=endpoint, config=config)


# A session is for one thread at a time; its clients are for all.
_making = threading.Lock()


@cache
def session() -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """Return the one session: each would read the descriptions of AWS anew."""
    return boto3.session.Session(
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="test",
        region_name=REGION,
    )
