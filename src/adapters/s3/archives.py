"""Archives in a private bucket of S3, downloaded by links that are signed and expire."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from application.archives import NotOurs

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SCHEME = "s3://"
THERE_ALREADY = {"PreconditionFailed"}
GONE = {"404", "NoSuchKey", "NotFound"}


class S3Archives:
    """Archives in one bucket. The client must sign with version 4: new buckets refuse version 2."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, content: bytes) -> str:
        self._call(
            "put_object",
            THERE_ALREADY,
            Key=key,
            Body=content,
            ContentType="application/zip",
            IfNoneMatch="*",
        )
        return f"{SCHEME}{self._bucket}/{key}"

    def remove_all(self, prefix: str) -> None:
        """Remove page by page: what was removed is on no page any more."""
        while keys := self._keys(prefix):
            for key in keys:
                self._call("delete_object", GONE, Key=key)

    def link(self, url: str, file_name: str, seconds: int) -> str | None:
        key = self._key(url)
        if self._call("head_object", GONE, Key=key) is None:
            return None
        named = {"ResponseContentDisposition": disposition(file_name)}
        return self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key, **named}, ExpiresIn=seconds
        )

    def _keys(self, prefix: str) -> list[str]:
        page = self._call("list_objects_v2", set(), Prefix=prefix)
        return [each["Key"] for each in page.get("Contents", ())]

    def _key(self, url: str) -> str:
        """Return the key of an address in this bucket. Raises `NotOurs`."""
        root = f"{SCHEME}{self._bucket}/"
        if not url.startswith(root) or url == root:
            raise NotOurs(url)
        return url.removeprefix(root)

    def _call(self, name: str, expected: set[str], **given: Any) -> Any:  # noqa: ANN401 - boto3's
        """Return the answer, or `None` for an expected error. Raises `Unavailable`."""
        try:
            return getattr(self._client, name)(Bucket=self._bucket, **given)
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in expected:
                return None
            raise unavailable(error) from error


def disposition(file_name: str) -> str:
    """Have the browser save a file under a name of any script (RFC 6266)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "-" for c in file_name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
