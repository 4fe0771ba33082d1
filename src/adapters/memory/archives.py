"""Archives in memory, under the same contract as those in S3."""

from dataclasses import dataclass, field
from urllib.parse import quote

from application.archives import NotOurs

ROOT = "s3://archives/"


@dataclass
class MemoryArchives:
    """`kept` holds the contents by address."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, content: bytes) -> str:
        self.kept.setdefault(ROOT + key, content)
        return ROOT + key

    def remove_all(self, prefix: str) -> None:
        for url in [url for url in self.kept if url.startswith(ROOT + prefix)]:
            del self.kept[url]

    def link(self, url: str, file_name: str, seconds: int) -> str | None:
        if ours(url) not in self.kept:
            return None
        return f"memory:{url.removeprefix(ROOT)}?name={quote(file_name)}&seconds={seconds}"


def ours(url: str) -> str:
    """Return the address. Raises `NotOurs`."""
    if not url.startswith(ROOT) or url == ROOT:
        raise NotOurs(url)
    return url
