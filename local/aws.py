"""boto3 clients of the emulator; nothing of the user's own AWS configuration is read."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import boto3
from botocore.config import Config

# boto3 makes its clients, and their methods, at run time.
Client: TypeAlias = Any

REGION = "us-east-1"
ACCOUNT = "000000000000"


@dataclass(frozen=True)
class Aws:
    """Makes clients for the emulator at `endpoint`."""

    endpoint: str

    def client(self, service: str, **settings: Any) -> Client:  # noqa: ANN401 - botocore's own
        session = boto3.session.Session(
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="test",
            region_name=REGION,
        )
        config = Config(inject_host_prefix=False, **settings)
        return session.client(service, endpoint_url=self.endpoint, config=config)  # type: ignore[call-overload]
