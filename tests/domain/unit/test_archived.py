"""Repositories as archives: one for each attempt, the same each time."""

import hashlib
import io
import zipfile

import pytest

from adapters.memory.archives import MemoryArchives
from application.scaffolding import archive
from domain.archived import ArchiveRepositories
from domain.ports import CreatedRepository, WantedRepository
from domain.project.values import RepositoryProvider

pytestmark = pytest.mark.feature("I8", "S4")
ID = "01980000-0000-7000-8000-000000000001"
FILES = {"README.md": "# Tea\n", "src/app.py": "print('tea')\n"}


@pytest.fixture
def archives() -> MemoryArchives:
    return MemoryArchives()


def create(
    archives: MemoryArchives, attempt: int = 1, files: dict[str, str] = FILES
) -> CreatedRepository:
    wanted = WantedRepository(ID, "Tea", attempt, files)
    return ArchiveRepositories(archives, archive).create(wanted)


def test_the_files_are_in_a_zip_file_under_project_attempt_and_digest(
    archives: MemoryArchives,
) -> None:
    created = create(archives)
    content = archives.kept[created.url]

    digest = hashlib.sha256(content).hexdigest()
    assert created == CreatedRepository(
        provider=RepositoryProvider.ARCHIVE,
        url=f"s3://archives/{ID}/1/{digest}.zip",
        files=2,
        bytes=len(content),
        sha256=digest,
    )
    packed = zipfile.ZipFile(io.BytesIO(content))
    assert {name: packed.read(name).decode() for name in packed.namelist()} == FILES


def test_an_attempt_that_is_made_again_finds_what_it_has_made(archives: MemoryArchives) -> None:
    assert create(archives) == create(archives)
    assert len(archives.kept) == 1


def test_another_attempt_has_an_archive_of_its_own(archives: MemoryArchives) -> None:
    assert create(archives).url != create(archives, 2).url
    assert len(archives.kept) == 2


def test_what_an_attempt_may_have_made_is_discarded_whole(archives: MemoryArchives) -> None:
    """Another release renders other files: then there are two."""
    create(archives)
    create(archives, files={"README.md": "# Other\n"})
    kept = create(archives, 10)
    ArchiveRepositories(archives, archive).discard(ID, 1)

    assert list(archives.kept) == [kept.url]
