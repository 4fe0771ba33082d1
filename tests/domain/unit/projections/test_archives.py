"""The archive of a project: only its own can be downloaded from its row."""

import pytest

from kernel.query import File
from projections.projects import archive_of

pytestmark = pytest.mark.feature("I8")
ID = "01980000-0000-7000-8000-000000000001"
OTHER = "01980000-0000-7000-8000-000000000002"
DIGEST = "f0" * 32
URL = f"s3://skafu-archives/{ID}/2/{DIGEST}.zip"
ROW = {
    "id": ID,
    "name": "Ada's shop / 2",
    "repositoryProvider": "ARCHIVE",
    "repositoryUrl": URL,
    "repositoryBytes": 3652,
    "repositorySha256": DIGEST,
}


def test_is_saved_under_the_name_of_the_project() -> None:
    assert archive_of(ROW) == File(URL, "Ada-s-shop-2.zip", 3652, DIGEST)


@pytest.mark.parametrize(
    ("name", "saved"),
    [("名前", "名前.zip"), ("...", "project.zip"), ("a.b", "a.b.zip"), ("../../etc", "etc.zip")],
)
def test_has_a_name_that_every_system_takes(name: str, saved: str) -> None:
    found = archive_of(ROW | {"name": name})

    assert found is not None
    assert found.name == saved


@pytest.mark.parametrize(
    "row",
    [
        {"repositoryProvider": None, "repositoryUrl": None},
        {"repositoryProvider": "GITHUB", "repositoryUrl": "https://github.com/ada/shop"},
        {"repositoryProvider": "GITHUB"},
        {"repositoryUrl": URL.replace(ID, OTHER)},
        {"repositoryUrl": f"s3://skafu-archives/{ID}/../{OTHER}/2/{DIGEST}.zip"},
        {"repositoryUrl": f"s3://skafu-archives/{OTHER}/{ID}/2/{DIGEST}.zip"},
        {"repositoryUrl": f"s3://skafu-archives/{ID}/2/{DIGEST}.zip?versionId=1"},
        {"repositoryUrl": f"https://skafu-archives/{ID}/2/{DIGEST}.zip"},
    ],
    ids=str,
)
def test_of_another_project_or_from_elsewhere_is_none(row: dict[str, str | None]) -> None:
    """An owner may link any address as an archive; nobody gets another's by that."""
    assert archive_of(ROW | row) is None
