"""Repositories that are archives: the files of a project in a zip file, to be downloaded.

The key is made of project, attempt and digest, so that an attempt which is made again finds the
archive that it has made.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from domain.ports import CreatedRepository, WantedRepository
from domain.project.values import RepositoryProvider
from kernel.saga import Archives


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

    def discard(self, project_id: str, attempt: int) -> None:
        self.archives.remove_all(prefix(project_id, attempt))


def prefix(project_id: str, attempt: int) -> str:
    return f"{project_id}/{attempt}/"


def is_archive_of(url: str, project_id: str) -> bool:
    """Tell whether the address is that of an archive that was made for the project."""
    key = rf"{project_id}/\d+/[0-9a-f]{{64}}\.zip"
    return re.fullmatch(rf"s3://[^/]+/{key}", url) is not None
