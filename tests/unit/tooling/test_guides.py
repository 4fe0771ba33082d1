"""The runner of guides: a block that does not do what its guide says is named by page and line."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer.main

from scripts.tree_copy import adopt_python, commit, link_entries
from scripts.trees import ROOT
from skafu.cli import app
from tests.guides import blocks, checking, runner
from tests.guides.blocks import Kind
from tests.guides.matching import matches
from tests.guides.session import Session, session
from tests.guides.workplace import Workplace, Workplaces

ID, OTHER = "0198f2a0-0000-7000-8000-000000000001", "fbd5ea1b-b353-5ca0-8bcc-b17311e6a0ec"
MAKEFILE = "greet:\n\t@python3 -m json.tool $(ARGS)\n"


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """A tree without a stack."""
    tree = tmp_path / "tree"
    (tree / "local").mkdir(parents=True)
    (tree / "Makefile").write_text(MAKEFILE)
    outputs = {"awsEndpointUrl": "http://127.0.0.1:1"}
    (tree / "local/outputs.json").write_text(json.dumps(outputs))
    return Workplace(tree, tmp_path / "log")


@pytest.fixture
def bash(tmp_path: Path) -> Iterator[Session]:
    with session(tmp_path, tmp_path / "files", {"PATH": os.environ["PATH"]}) as started:
        yield started


def follow(text: str, place: Workplace) -> None:
    runner.follow(list(blocks.blocks(text, "guide.md")), place, place.tree.parent / "files")


def fenced(info: str, text: str) -> str:
    return f"\n```{info}\n{text}\n```\n"


class TestBlocks:
    def test_have_the_line_of_their_first_text(self) -> None:
        (block,) = blocks.blocks("# Title\n\nText.\n\n```sh\ntrue\n```\n", "guide.md")

        assert (block.place, block.text) == ("guide.md:6", "true\n")

    @pytest.mark.parametrize(
        ("info", "kind"),
        [
            ("sh", Kind.RUN),
            ("sh {exit=1}", Kind.RUN),
            ("sh {aws}", Kind.AWS),
            ("sh {aws, checked}", Kind.CHECKED),
            ("sh {checked}", Kind.CHECKED),
            ("sh {restart}", Kind.RESTART),
            ("json {output}", Kind.OUTPUT),
            ("python {file=src/a.py}", Kind.FILE),
            ("diff", Kind.PATCH),
            ("mermaid", Kind.SHOWN),
            ("", Kind.SHOWN),
        ],
    )
    def test_are_of_a_kind(self, info: str, kind: Kind) -> None:
        (block,) = blocks.blocks(fenced(info, "text"), "guide.md")

        assert block.kind is kind

    @pytest.mark.parametrize("info", ["sh {exitt=1}", "sh exit=1"])
    def test_with_an_unknown_attribute_are_refused_with_their_line(self, info: str) -> None:
        with pytest.raises(blocks.Unclear, match=r"^guide\.md:3: "):
            list(blocks.blocks(fenced(info, "text"), "guide.md"))

    def test_within_a_block_are_its_text(self) -> None:
        text = "````markdown\n```sh\nfalse\n```\n````\n"

        assert [block.kind for block in blocks.blocks(text, "guide.md")] == [Kind.SHOWN]


class TestMatching:
    @pytest.mark.parametrize(
        ("shown", "printed"),
        [
            ('{\n  "a": 1\n}', '{"a":1}'),
            (f"id {ID}", f"id {OTHER}"),
            ("at 2026-11-28T21:17:26.369Z", "at 2027-01-01T00:00:00Z"),
            ('{"a": 1, ...}', '{"a": 1, "b": {"c": 2}}'),
            ("one … three", "one\ntwo\nthree"),
            ("", "\n"),
        ],
    )
    def test_what_varies_is_passed_over(self, shown: str, printed: str) -> None:
        assert matches(shown, printed)

    @pytest.mark.parametrize(
        ("shown", "printed"),
        [
            ('{"a": 1}', '{"a":2}'),
            ("READY", "READY in 3 s"),
            ("... done", "done and more"),
            (f"id {ID}", "id of nothing"),
            ("a.b", "axb"),
            ("", "something"),
        ],
    )
    def test_what_differs_is_found(self, shown: str, printed: str) -> None:
        assert not matches(shown, printed)


class TestSession:
    def test_keeps_variables_functions_and_the_folder(self, bash: Session, tmp_path: Path) -> None:
        bash.run("A=1; f() { echo f; }; cd files", 10)

        assert bash.run("echo $A; f; pwd", 10).output == f"1\nf\n{tmp_path / 'files'}\n"

    def test_stops_at_the_first_command_that_fails(self, bash: Session) -> None:
        ran = bash.run("echo one; (exit 3); echo two", 10)

        assert (ran.code, ran.output) == (3, "one\n")

    def test_fails_with_any_part_of_a_pipe(self, bash: Session) -> None:
        assert bash.run("false | cat", 10).code == 1

    def test_goes_on_after_a_failure_that_was_expected(self, bash: Session) -> None:
        assert bash.run_to_the_end("false", 10).code == 1
        assert bash.run("echo here", 10).output == "here\n"

    def test_does_not_wait_for_ever(self, bash: Session) -> None:
        assert bash.run("sleep 60", 0.2).code is None

    def test_nothing_is_asked_of_anybody(self, bash: Session) -> None:
        assert bash.run_to_the_end("read answer", 10).code == 1

    def test_forgets_variables_of_one_script_alone(self, bash: Session) -> None:
        assert bash.run("echo $KEY", 10, {"KEY": "1"}).output == "1\n"
        assert bash.run("echo ${KEY:-none}", 10).output == "none\n"


class TestChecking:
    @pytest.mark.parametrize(
        "script",
        [
            "python3 -m json.tool --indent 2",
            "A=1 python3 -m json.tool --indent 2 && python3 -m json.tool --tab  # a comment",
            "make greet  # a comment\nmake greet",
            'make greet ARGS="--indent 2"',
        ],
    )
    def test_what_exists_passes(self, place: Workplace, script: str) -> None:
        checking.check(script, place.tree, place.tools())

    @pytest.mark.parametrize(
        ("script", "named"),
        [
            ("python3 -m json.tool --idnent 2", "--idnent"),
            ("python3 -m json.tool &&\npython3 -m json.tool \\\n  --idnent 2", "--idnent"),
            ("no-such-program --help", "no-such-program"),
            ("make great", "great"),
            ("make greet ARGS=--idnent", "--idnent"),
        ],
    )
    def test_what_does_not_is_named(self, place: Workplace, script: str, named: str) -> None:
        with pytest.raises(checking.Unknown, match=named):
            checking.check(script, place.tree, place.tools())


class TestFollowing:
    def test_a_guide_that_is_right(self, place: Workplace) -> None:
        follow(
            fenced("sh", "A=1")
            + fenced("python {file=new/a.py}", "print('a')")
            + fenced("sh", "python3 new/a.py $A")
            + fenced("text {output}", "a")
            + fenced(
                "diff", "--- a/new/a.py\n+++ b/new/a.py\n@@ -1 +1 @@\n-print('a')\n+print('b')"
            )
            + fenced("sh {exit=1}", "python3 new/a.py; false")
            + fenced("text {output}", "b")
            + fenced("sh {aws}", 'echo "$ENV at $AWS_ENDPOINT_URL"')
            + fenced("text {output}", "local at http://127.0.0.1:1")
            + fenced("sh {checked}", "make greet")
            + fenced("json", "{}"),
            place,
        )

    @pytest.mark.parametrize(
        ("info", "text", "why"),
        [
            ("sh", "echo started; exit 7", "ended with 7, not 0"),
            ("sh {exit=1}", "true", "ended with 0, not 1"),
            ("sh {seconds=0.2}", "sleep 60", "did not end within 0.2 s"),
            ("sh {checked}", "make great", "great"),
            ("text {output}", "other", "is not what was printed"),
            ("diff", "--- a/none\n+++ b/none\n@@ -1 +1 @@\n-a\n+b", "none"),
        ],
    )
    def test_a_block_that_is_wrong_is_named(
        self, place: Workplace, info: str, text: str, why: str
    ) -> None:
        page = "Text.\n" + fenced("sh", "echo right") + fenced(info, text) + fenced("sh", "exit 9")

        with pytest.raises(runner.Broken, match=rf"^guide\.md:8: .*{why}"):
            follow(page, place)

    def test_what_a_failed_command_printed_is_told(self, place: Workplace) -> None:
        with pytest.raises(runner.Broken, match=r"(?s)out of tea.*no cup"):
            follow(fenced("sh", "echo out of tea; echo no cup >&2; false"), place)

    def test_what_comes_true_eventually_is_tried_again(self, place: Workplace) -> None:
        count = "N=$((N + 1)); echo $N"
        follow(fenced("sh {eventually}", count) + fenced("text {output}", "2"), place)
        follow(fenced("sh {eventually}", "N=$((N + 1)); [ $N = 2 ]"), place)

        with pytest.raises(runner.Broken, match="is not what was printed"):
            follow(
                fenced("sh {eventually, seconds=0.2}", count) + fenced("text {output}", "0"), place
            )

    def test_a_system_is_started_again(self, place: Workplace) -> None:
        starts: list[str] = []
        follow(
            fenced("sh {restart}", "make dev"),
            replace(place, restart=lambda: starts.append("again")),
        )

        assert starts == ["again"]

    def test_output_that_no_command_printed_is_refused(self, place: Workplace) -> None:
        with pytest.raises(runner.Broken, match="no command before it"):
            follow(
                fenced("sh", "echo a") + fenced("json", "{}") + fenced("text {output}", "a"), place
            )


class TestTheCopy:
    def test_what_is_removed_from_it_stays_in_the_original(self, tmp_path: Path) -> None:
        original, copy = tmp_path / "original", tmp_path / "copy"
        (original / "package").mkdir(parents=True)
        (original / ".made-1").touch()
        link_entries(original, copy)
        (copy / "package").unlink()

        assert list(copy.iterdir()) == []
        assert (original / "package").is_dir()

    def test_its_python_imports_its_code(self, tmp_path: Path) -> None:
        link_entries(ROOT / ".venv", tmp_path / ".venv")
        adopt_python(tmp_path)
        (paths,) = (tmp_path / ".venv").glob("lib/python*/site-packages/*skafu*.pth")

        assert paths.read_text().split() == [str(tmp_path), str(tmp_path / "src")]
        assert (tmp_path / ".venv/bin/skafu").read_text().startswith(f"#!{tmp_path}/.venv/bin/")


class TestWorkplaces:
    @pytest.fixture
    def places(self, tmp_path: Path) -> Workplaces:
        @contextmanager
        def start(folder: Path) -> Iterator[Workplace]:
            (folder / "tree").mkdir(parents=True)
            (folder / "tree/file").touch()
            commit(folder / "tree")
            yield Workplace(folder / "tree", folder / "log")
            (folder / "stopped").touch()

        return Workplaces(tmp_path, start)

    def test_one_that_is_left_in_order_is_used_again(self, places: Workplaces) -> None:
        with places.borrowed() as first:
            pass
        with places.borrowed() as second:
            assert second is first

    def test_one_whose_files_differ_is_not(self, places: Workplaces) -> None:
        with places.borrowed() as first:
            (first.tree / "left").touch()
        with places.borrowed() as second:
            assert second is not first
        assert (places.folder / "1/stopped").exists()

    def test_one_in_which_a_guide_failed_is_not(self, places: Workplaces) -> None:
        with suppress(ZeroDivisionError), places.borrowed() as first:
            raise ZeroDivisionError
        with places.borrowed() as second:
            assert second is not first


def test_the_guide_to_the_command_line_shows_every_command() -> None:
    guide = blocks.read(ROOT / "docs/guides/cli.md", ROOT)
    shown = "".join(block.text for block in guide if block.language == blocks.SHELL)
    names = list(commands(typer.main.get_command(app)))

    assert names
    assert [name for name in names if not re.search(rf"\b{name}(?![\w-])", shown)] == []


def commands(command: Any, name: str = "skafu") -> Iterator[str]:  # noqa: ANN401 - of typer's own
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name
        return
    for part, child in inner.items():
        yield from commands(child, f"{name} {part}")
