"""Archives: files that people download, each written once under a key of its own."""

from typing import Protocol

from application.ports import Refused


class NotOurs(Refused):
    """The address is not one that these archives have given out."""


class Archives(Protocol):
    """Keeps archives; an address is `s3://<bucket>/<key>`. Each call may raise `Unavailable`."""

    def put(self, key: str, content: bytes) -> str:
        """Keep the content, and return its address. What lies under the key already stays."""
        ...

    def remove(self, url: str) -> None:
        """Remove an archive; nothing happens if it is gone. Raises `NotOurs`."""
        ...

    def remove_all(self, prefix: str) -> None:
        """Remove all archives whose keys begin so."""
        ...

    def link(self, url: str, file_name: str, seconds: int) -> str | None:
        """Return a link by which anybody downloads it for some seconds; `None` if it is gone.

        The browser saves it under the file name. Raises `NotOurs`.
        """
        ...
