"""The state folder of `skafu dev`: only ours is emptied, and nothing starts on broken files."""

from pathlib import Path

import pytest

from local import state
from local.processes import how
from local.state import MARKER, StateUnusable, claim, require_whole, wipe

pytestmark = pytest.mark.feature("L1")
KEY = "da2-0123456789abcdef0123456789"


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A folder as a stack leaves it."""
    folder = tmp_path / "state"
    claim(folder, fresh=False)
    (folder / "emulator").mkdir()
    (folder / "emulator" / "dynamodb.json").write_text('{"payload": {}}')
    (folder / "emulator" / "sqs.json").write_text('{"payload": {}}')
    (folder / "api-key").write_text(KEY)
    return folder


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def test_a_new_folder_is_marked_and_can_be_emptied(ours: Path) -> None:
    assert (ours / MARKER).read_text() == state.MARK
    claim(ours, fresh=True)
    wipe(ours)

    assert names(ours) == {MARKER}


def test_a_folder_of_an_earlier_version_is_recognised(ours: Path) -> None:
    (ours / MARKER).unlink()
    claim(ours, fresh=True)

    assert (ours / MARKER).exists()


@pytest.mark.parametrize("file", ["thesis.tex", ".git", "logs", "outputs.json", "lock"])
def test_a_folder_of_others_is_not_emptied_and_never_marked(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_text("mine")
    claim(tmp_path, fresh=False)

    with pytest.raises(StateUnusable, match="Nothing was deleted"):
        claim(tmp_path, fresh=True)
    assert names(tmp_path) == {file}


def test_a_folder_of_others_may_have_the_name_of_ours(tmp_path: Path) -> None:
    (tmp_path / "emulator").mkdir()
    (tmp_path / "emulator" / "thesis.json").write_text("{}")

    with pytest.raises(StateUnusable, match="it holds emulator"):
        claim(tmp_path, fresh=True)


def test_other_files_beside_ours_keep_an_unmarked_folder_from_being_emptied(ours: Path) -> None:
    (ours / MARKER).unlink()
    (ours / "notes.txt").write_text("mine")

    with pytest.raises(StateUnusable, match=r"notes\.txt"):
        claim(ours, fresh=True)


def test_what_a_link_leads_to_is_left(ours: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("mine")
    (ours / "link").symlink_to(tmp_path / "mine")
    wipe(ours)

    assert (tmp_path / "mine" / "thesis.tex").read_text() == "mine"
    assert names(ours) == {MARKER}


def test_whole_files_are_taken(ours: Path) -> None:
    (ours / "read-models.json").write_text("{}")
    require_whole(ours)


@pytest.mark.parametrize("content", ["", "{", '{"payload": {"tables"', "[1]", "null", "\x00\x00"])
@pytest.mark.parametrize(
    "name", ["emulator/dynamodb.json", "emulator/sqs.json", "read-models.json"]
)
def test_a_broken_file_stops_the_start_and_is_kept(ours: Path, name: str, content: str) -> None:
    (ours / name).write_text(content)

    with pytest.raises(StateUnusable, match=name):
        require_whole(ours)
    assert (ours / name).read_text() == content


def test_a_file_that_cannot_be_read_stops_the_start(ours: Path) -> None:
    (ours / "emulator" / "dynamodb.json").unlink()
    (ours / "emulator" / "dynamodb.json").mkdir()

    with pytest.raises(StateUnusable, match="cannot be read"):
        require_whole(ours)


def test_tables_that_are_gone_are_noticed(ours: Path) -> None:
    (ours / "emulator" / "dynamodb.json").unlink()

    with pytest.raises(StateUnusable, match="is missing"):
        require_whole(ours)


@pytest.mark.parametrize("key", ["", "da2-", "\xff"])
def test_a_broken_api_key_is_noticed(ours: Path, key: str) -> None:
    (ours / "api-key").write_text(key, encoding="latin-1")

    with pytest.raises(StateUnusable, match="api-key"):
        require_whole(ours)


@pytest.mark.parametrize(
    ("code", "words"),
    [(74, "is the disk full"), (-9, "by signal SIGKILL"), (3, "with code 3"), (None, "not answer")],
)
def test_an_end_is_told_as_far_as_the_code_says(code: int | None, words: str) -> None:
    assert words in how(code)
