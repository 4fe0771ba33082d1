"""One archive for the functions of a build that have the same files."""

import os
import re
import zipfile
from pathlib import Path

import pytest

from local import archives

TEMPLATE = """
Globals:
  Function:
    CodeUri: src/
Resources:
  One:
    Properties:
      CodeUri: One
  Two:
    Properties:
      CodeUri: Two
  Other:
    Properties:
      CodeUri: Other
  Uploaded:
    Properties:
      CodeUri: s3://bucket/key
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A build in which two functions have links to the same files, and a third one its own."""
    for name in ("One", "Two", "Other"):
        (tmp_path / name / "handlers").mkdir(parents=True)
    for name in ("One", "Other"):
        (tmp_path / name / "handlers" / "api.py").write_text("handler = 1")
    os.link(tmp_path / "One/handlers/api.py", tmp_path / "Two/handlers/api.py")
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    return tmp_path / "template.yaml"


def code(template: Path) -> list[str]:
    return re.findall("CodeUri: (.*)", template.read_text())


@pytest.mark.feature("M1")
def test_functions_with_the_same_files_share_an_archive(template: Path) -> None:
    archives.share(template)

    assert code(template) == ["src/", "One.zip", "One.zip", "Other.zip", "s3://bucket/key"]


def test_an_archive_holds_what_everybody_may_read(template: Path) -> None:
    (template.parent / "One/handlers/api.py").chmod(0o700)
    archives.share(template)

    with zipfile.ZipFile(template.parent / "One.zip") as archive:
        (entry,) = archive.infolist()
        assert archive.read(entry) == b"handler = 1"
    assert entry.filename == "handlers/api.py"
    assert entry.external_attr >> 16 == 0o100744


def test_the_same_files_are_the_same_archive_at_any_time(template: Path) -> None:
    os.utime(template.parent / "Other/handlers/api.py", (0, 0))
    archives.share(template)

    same, later = ((template.parent / name).read_bytes() for name in ("One.zip", "Other.zip"))
    assert same == later


def test_what_an_earlier_build_left_is_not_taken_for_this_one(template: Path) -> None:
    (template.parent / "One.zip").write_bytes(b"of yesterday")
    archives.share(template)

    assert zipfile.is_zipfile(template.parent / "One.zip")
