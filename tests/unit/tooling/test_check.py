"""`make check` prints what matters of a failure, and leaves a check out when it may."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from scripts import check, run, unchanged

PYTEST = """=================================== FAILURES ===================================
___________________________________ test_sum ___________________________________
tests/unit/test_a.py:3: in test_sum
    assert 1 + 1 == 3
E   assert 2 == 3
=========================== short test summary info ============================
FAILED tests/unit/test_a.py::test_sum - assert 2 == 3
1 failed in 0.01s""".splitlines()


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "RESULTS", tmp_path)
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(unchanged, "PASSED", tmp_path / "passed")
    return tmp_path


def python(name: str, *programs: str, cure: str | None = None) -> check.Check:
    return check.Check(name, [(sys.executable, "-c", program) for program in programs], cure)


def test_of_failed_tests_their_names_come_first_then_where_and_why() -> None:
    tests = check.tests("unit", ["tests/unit"])

    assert check.excerpt(tests, PYTEST) == [
        "FAILED tests/unit/test_a.py::test_sum - assert 2 == 3",
        "tests/unit/test_a.py:3: in test_sum",
        "E   assert 2 == 3",
        "(8 lines in test-results/check-unit.txt)",
    ]


def test_at_most_forty_lines_are_shown_and_the_rest_is_kept(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = python("many", "for n in range(100): print(f'fault {n}')\nraise SystemExit(1)")

    assert [verdict.passed for verdict in check.told([many])] == [False]

    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == 1 + check.LINES + 1
    assert shown[1] == "  fault 0"
    assert shown[-1] == "  (100 lines in check-many.txt)"
    assert (results / "check-many.txt").read_text().count("fault") == 100


def test_output_without_a_telling_line_is_shown_from_its_end() -> None:
    tests = check.tests("unit", ["tests/unit"])
    crash = [f"line {number}" for number in range(100)]

    assert check.excerpt(tests, crash)[-2] == "line 99"


def test_a_failed_check_names_its_cure(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    list(check.told([python("sloppy", "raise SystemExit(1)", cure="make fix")]))
    list(check.told([python("tidy", "", cure="make fix")]))

    sloppy, *_, tidy = capsys.readouterr().out.splitlines()
    assert sloppy.endswith("run `make fix`")
    assert tidy.startswith("tidy")
    assert "make fix" not in tidy


def test_a_check_passes_when_all_its_commands_do(results: Path) -> None:
    half = python("half", "", "raise SystemExit(1)")
    whole = python("whole", "", "")

    verdicts = {verdict.check.name: verdict.passed for verdict in check.verdicts([half, whole])}
    assert verdicts == {"half": False, "whole": True}


def test_every_format_and_lint_check_names_make_fix() -> None:
    cures = {one.name: one.cure for one in check.CHECKS}

    assert {name for name, cure in cures.items() if cure == "make fix"} == {
        name for name in cures if "format" in name or "lint" in name
    }


def test_every_unit_test_is_dealt_to_one_process() -> None:
    parts = check.dealt_out("unit", 3)

    assert len(parts) == 3
    dealt = [file for part in parts for file in part]
    assert len(dealt) == len(set(dealt))
    assert {str(file) for file in (run.ROOT / "tests/unit").rglob("test_*.py")} <= {*dealt}


def test_a_check_is_due_again_once_a_file_of_its_own_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "ROOT", tmp_path)
    monkeypatch.setattr(unchanged, "PASSED", tmp_path / "passed")
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    page = tmp_path / "page" / "main.ts"
    page.parent.mkdir()
    page.write_text("export {};")
    inputs = ["page"]

    assert not unchanged.since_passed("types", inputs)
    unchanged.remember("types", unchanged.fingerprint(inputs))
    assert unchanged.since_passed("types", inputs)
    (tmp_path / "other.ts").write_text("")
    assert unchanged.since_passed("types", inputs)
    page.write_text("export const a = 1;")
    assert not unchanged.since_passed("types", inputs)


def test_a_check_that_failed_is_due_again(results: Path) -> None:
    failing = check.Check("types", [("false",)], inputs=check.TYPESCRIPT)
    unchanged.remember("types", unchanged.fingerprint(failing.inputs))
    assert not check.is_due(failing)

    list(check.told([failing]))

    assert check.is_due(failing)


def test_a_check_that_is_named_runs_though_nothing_has_changed(results: Path) -> None:
    page = check.BY_NAME["page-types"]
    unchanged.remember(page.name, unchanged.fingerprint(page.inputs))

    assert page not in check.chosen([])
    assert check.chosen(["page-types", "lint"]) == [page, check.BY_NAME["lint"]]


def test_what_the_suites_run_too_may_be_left_out(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(check.BY_NAME) > check.TESTED
    monkeypatch.setattr(check, "CHECKS", [python("lint", "pass"), python("unit", "pass")])

    with pytest.raises(typer.Exit):
        check.main(untested=True)

    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["lint", "all"]


def test_unknown_names_are_refused_with_the_list() -> None:
    with pytest.raises(
        typer.BadParameter, match=r"no check tpyes; there are completeness, format, lint, .*types"
    ):
        check.chosen(["lint", "tpyes"])
