"""Data keys from AWS KMS: GenerateDataKey and Decrypt on one key, nothing else.

The subject is the encryption context: KMS unwraps a key for no other subject. Its log of calls
(CloudTrail) shows the context, so subjects must be pseudonyms.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from application.privacy.subject_keys import NewKey

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class KmsKeyWrapper:
    """Wraps with `key`: an id, an ARN or an alias. The client is made when it is first needed."""

    def __init__(self, client: Callable[[], "KMSClient"], key: str) -> None:
        self._client = client
        self._key = key

    def new_key(self, subject: str) -> NewKey:
        answer = self._call("generate_data_key", subject, KeySpec="AES_256")
        return NewKey(bytes(answer["Plaintext"]), bytes(answer["CiphertextBlob"]))

    def unwrap(self, subject: str, wrapped: bytes) -> bytes:
        return bytes(self._call("decrypt", subject, CiphertextBlob=wrapped)["Plaintext"])

    def _call(self, operation: str, subject: str, **parameters: object) -> dict[str, Any]:
        try:
            call = getattr(self._client(), operation)
            return dict(call(KeyId=self._key, EncryptionContext={"subject": subject}, **parameters))
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
