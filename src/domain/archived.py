"""Repositories that are archives: the files of a project in a zip file, to be downloaded.

The key is made of project, attempt and digest, so that an attempt which is made again finds the
archive that it has made.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from domain.ports import CreatedRepository, WantedRepository
from domain.project.values import RepositoryProvider


class Archives(Protocol):
    """The part of the engine's archives that is needed here."""

    def put(self, key: str, content: bytes) -> str: ...
    def remove(self, url: str) -> None: ...
    def remove_all(self, prefix: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ArchiveRepositories:
    """Puts archives; `pack` makes the same bytes of the same files, each time."""

    archives: Archives
    pack: Callable[[Mapping[str, str]], bytes]

    def create(self, wanted: WantedRepository) -> CreatedRepository:
        content = self.pack(wanted.files)
        sha256 = hashlib.sha256(content).hexdigest()
        key = f"{prefix(wanted.project_id, wanted.attempt)}{sha256}.zip"
        return CreatedRepository(
            provider=RepositoryProvider.ARCHIVE,
            url=self.archives.put(key, content),
            files=len(wanted.files),
            bytes=len(content),
            sha256=sha256,
        )

    def remove(self, url: str) -> None:
        self.archives.remove(url)

    def discard(self, project_id: str, attempt: int) -> None:
        self.archives.remove_all(prefix(project_id, attempt))


def prefix(project_id: str, attempt: int) -> str:
    return f"{project_id}/{attempt}/"
