"""The runner's own reading of results: a count that lies would hide everything else."""

from pathlib import Path

import pytest

from scripts import features, junit, marks, proof, run

PYTEST = """<testsuites><testsuite name="pytest">
<testcase classname="tests.unit.test_a.TestB" name="test_c[1-x]"/>
<testcase classname="tests.unit.test_a" name="test_d"><failure message="no"/></testcase>
<testcase classname="tests.unit.test_a" name="test_e"><error message="no"/></testcase>
<testcase classname="tests.unit.test_a" name="test_f"><skipped/></testcase>
</testsuite></testsuites>"""
VITEST = """<testsuites name="vitest tests"><testsuite name="tests/rows.test.ts">
<testcase classname="tests/rows.test.ts" name="rows &gt; [R34] keeps the newest"/>
</testsuite></testsuites>"""
NODE = """<testsuites><testsuite name="rows">
<testcase name="[R34] keeps the newest" classname="test"/></testsuite>
<testcase name="alone" classname="test"><skipped/></testcase></testsuites>"""


def read(tmp_path: Path, text: str) -> list[junit.Case]:
    file = tmp_path / "results.xml"
    file.write_text(text)
    return junit.read(file)


def result(*outcomes: junit.Outcome, code: int | None = 0) -> run.Result:
    cases = [junit.Case(f"test {number}", outcome) for number, outcome in enumerate(outcomes)]
    return run.Result(run.EVERY_TIME[0], cases, 1.0, run.trouble(code, cases))


def test_pytest_results_are_named_by_node_id_and_parameters(tmp_path: Path) -> None:
    assert read(tmp_path, PYTEST) == [
        junit.Case("tests/unit/test_a.py::TestB::test_c", "passed", "1-x"),
        junit.Case("tests/unit/test_a.py::test_d", "failed"),
        junit.Case("tests/unit/test_a.py::test_e", "failed"),
        junit.Case("tests/unit/test_a.py::test_f", "skipped"),
    ]


@pytest.mark.parametrize("text", [VITEST, NODE])
def test_node_results_are_named_by_their_titles(tmp_path: Path, text: str) -> None:
    first = read(tmp_path, text)[0]

    assert "[R34] keeps the newest" in first.test
    assert first.outcome == "passed"


def test_a_suite_that_wrote_nothing_has_failed(tmp_path: Path) -> None:
    assert junit.read(tmp_path / "absent.xml") == []
    assert result().counts == (0, 1, 0)


def test_a_suite_that_ended_badly_has_failed_even_when_its_tests_passed() -> None:
    assert result("passed", code=1).counts == (1, 1, 0)


def test_a_suite_that_hung_has_failed() -> None:
    assert result("passed", code=None).counts == (1, 1, 0)


def test_a_failed_test_is_counted_once() -> None:
    assert result("passed", "failed", "skipped", code=1).counts == (1, 1, 1)


@pytest.mark.parametrize(
    ("source", "ids"),
    [
        ("it('[R34] shows a row', () => {", ["R34"]),
        ('test("[R34, R35] shows rows", async () => {', ["R34", "R35"]),
        ("describe(`[W13] reconnects`, () => {", ["W13"]),
        ("it.each([1, 2])('[R13] sorts', () => {", ["R13"]),
        ("])('[C20] %i', (status, words) => {", ["C20"]),
        ("it('shows item[0]', () => {", []),
        ("const [R34] = rows;", []),
    ],
)
def test_ids_of_node_tests_are_read_from_titles(source: str, ids: list[str]) -> None:
    assert [i for title in features.titles(source) for i in features.ids_in(title)] == ids


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ([], "did not run"),
        (["passed", "passed"], None),
        (["passed", "skipped"], "skipped"),
        (["failed"], "failed"),
    ],
)
def test_a_named_test_counts_only_when_it_ran_and_passed(
    outcomes: list[junit.Outcome], verdict: str | None
) -> None:
    named = features.TestName("tests/unit/test_a.py::test_b")

    assert features.verdict(named, {named: set(outcomes)}) == verdict


def test_every_test_file_belongs_to_one_suite() -> None:
    files = [file.relative_to(run.ROOT).as_posix() for file in run.ROOT.glob("tests/**/test_*.py")]
    paths = [
        word
        for suite in (*run.EVERY_TIME, *run.TRIALS)
        if suite.name != "tools"  # picked by their mark
        for word in suite.command
        if word[:6] == "tests/"
    ]

    assert files
    assert [
        f for f in files if sum(f == path or f.startswith(path + "/") for path in paths) != 1
    ] == []


@pytest.mark.parametrize(
    ("ran", "verdict"),
    [
        ("refusals > [C20] 404", None),
        ("refusals > [C20] 404 > are told in words", None),
        ("refusals > [C20] 404 and more", "did not run"),
    ],
)
def test_a_title_with_placeholders_is_found_by_what_it_became(
    ran: str, verdict: str | None
) -> None:
    named = "frontend/tests/explain.test.ts > [C20] %i"

    assert features.verdict(named.replace("%i", "%d"), {ran: {"passed"}}) is None
    assert features.verdict(named.replace("%i", "404"), {ran: {"passed"}}) == verdict


class TestAPartOfAFeature:
    ROW = features.Feature(
        features.FeatureId("R1"),
        "a row",
        parts={"one": "tests/a.py::test_one", "two": "adr/0007-x.md"},
    )

    def test_that_is_decided_against_is_no_test_and_not_lacking(self) -> None:
        assert self.ROW.named() == {"tests/a.py::test_one"}
        assert not self.ROW.lacks()

    def test_that_is_decided_against_names_its_decision(self) -> None:
        told = proof.told(self.ROW, [features.TestName("tests/a.py::test_one")])

        assert told == "shown: one: yes; two: decided against: [ADR 7](adr/0007-x.md)"


def test_no_test_that_documents_name_is_run_on_demand_only() -> None:
    named = features.named_by_pages() | {t for tests in features.shown().values() for t in tests}
    on_demand = {
        name
        for file in run.ROOT.glob("tests/**/test_*.py")
        for name, found in marks.tests(run.ROOT, file)
        if not marks.ON_DEMAND.isdisjoint(mark.name for mark in found)
    }

    assert on_demand
    assert sorted(named & on_demand) == []
