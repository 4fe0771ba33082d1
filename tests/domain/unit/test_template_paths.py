"""Paths of a template's files: what cannot be written everywhere is refused, with the path."""

from typing import Any

import pytest

from domain.template.aggregate import template
from domain.template.paths import CollidingPaths, DuplicatePath, UnusablePath, check
from tests.domain.support.template_builders import draft, drafted, revise
from tests.support.api import ADMIN, Api
from tests.support.spec import given
from tests.support.world import APP

pytestmark = pytest.mark.feature("C13", "C20")

UNUSABLE = [
    ".git",
    ".git/config",
    ".GIT/hooks/pre-commit",
    "a/.Git/b",
    "a.",
    "a./b",
    "a/b..",
    "con",
    "a/NUL.txt",
    "aux.tar.gz",
    "COM1",
    "lpt9/readme",
    "-rf",
    "a/-n.txt",
    "-",
]
COLLIDING = [
    ("a", "a/b"),
    ("a/b", "a"),
    ("src/a/b", "src/a"),
    ("A", "a/b"),
    ("README.md", "readme.md"),
    ("src/a", "Src/b"),
    ("a/B/c", "a/b/d"),
    ("a/b", "A"),
]
USABLE = [
    "README.md",
    ".gitignore",
    ".github/workflows/ci.yml",
    ".gitmodules",
    "a.git/b",
    "git/config",
    "console.py",
    "com10",
    "nul_",
    "aux-1/a",
    "a..b",
    "src/a.py",
    "src/b.py",
    "a/b/c",
    "a-b",
]


def test_usual_paths_are_usable() -> None:
    check(USABLE)


@pytest.mark.parametrize("path", UNUSABLE)
def test_a_path_that_some_system_cannot_have_is_refused_with_the_path(path: str) -> None:
    with pytest.raises(UnusablePath, match="cannot be used") as refused:
        check(["README.md", path])
    assert repr(path) in str(refused.value)


@pytest.mark.parametrize("paths", COLLIDING)
def test_paths_that_exclude_each_other_are_refused_with_both(paths: tuple[str, str]) -> None:
    with pytest.raises(CollidingPaths) as refused:
        check(["README", *paths])
    assert all(repr(path) in str(refused.value) for path in paths)


def test_the_same_path_twice_is_refused() -> None:
    with pytest.raises(DuplicatePath):
        check(["a/b", "c", "a/b"])


def test_drafts_and_revisions_are_checked() -> None:
    given(template).when(draft(files={".git/config": ""})).then_refused(UnusablePath)
    given(template).when(draft(files={"a": "", "a/b": ""})).then_refused(CollidingPaths)
    given(template, drafted()).when(revise(files={"a.": ""})).then_refused(UnusablePath)


def test_what_is_stored_already_is_read_and_published() -> None:
    before = drafted(files={".git/config": "", "a": "", "a/b": ""})

    assert template.fold([before]).files


@pytest.mark.parametrize(
    ("files", "problem", "path"),
    [
        ([".git/config"], "unusable-path", ".git/config"),
        (["a", "a/b"], "colliding-paths", "a/b"),
        (["a", "a"], "duplicate-path", "a"),
    ],
)
def test_every_way_to_draft_names_the_path(files: list[str], problem: str, path: str) -> None:
    data: dict[str, Any] = {
        "slug": "paths", "name": "Paths", "files": [{"path": one, "content": ""} for one in files]
    }  # fmt: skip
    api = Api(APP, ADMIN)
    batch = api.post("/commands", {"commands": [{"type": "draft-template", "data": data}]})
    answers = [
        api.post("/templates", data).body,
        api.post("/commands/draft-template", {"data": data}).body,
        batch.body["results"][0]["problem"],
    ]

    for answer in answers:
        assert (answer["status"], answer["type"].rpartition("/")[2]) == (409, problem)
        assert repr(path) in answer["detail"]
