"""Archives: files that people download, each written once under a key of its own."""

from typing import Protocol

from application.ports import Refused
from kernel.saga import Archives as Kept


class NotOurs(Refused):
    """The address is not one that these archives have given out."""


class Archives(Kept, Protocol):
    """Keeps archives; an address is `s3://<bucket>/<key>`. Each call may raise `Unavailable`."""

    def link(self, url: str, file_name: str, seconds: int) -> str | None:
        """Return a link by which anybody downloads it for some seconds; `None` if it is gone.

        The browser saves it under the file name. Raises `NotOurs`.
        """
        ...
