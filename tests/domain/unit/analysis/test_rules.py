"""What the rules say of thirty projects, and what they promise of every one."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.commands import AnalysisKind, FindingKind, Report
from domain.analysis.costs import ASSUMED, OF_FEATURE, PRICES, REGIONS, monthly_cost
from domain.analysis.rules import ALWAYS_UNKNOWN, RuleAnalyst
from domain.ports import Subject, SubjectService
from domain.project.events import Configuration
from domain.project.values import ParameterValue, ServiceType
from tests.support.paths import DOCS

pytestmark = pytest.mark.feature("I8", "S4")
Case = dict[str, Any]
CASES: Mapping[str, Case] = yaml.safe_load(
    (Path(__file__).parent / "configurations.yaml").read_text()
)
PAGE = (DOCS / "analysis.md").read_text()
FIGURE = re.compile(r"About [\d,.]+ ")
EITHER_WAY = 0.3
"""The part by which an estimate may miss the table."""
MAX_BYTES = 60 * 1024


def subject_of(case: Case) -> Subject:
    configuration = None
    if "runtime" in case:
        configuration = Configuration(
            runtime=case["runtime"],
            region=case.get("region", "us-east-1"),
            features=tuple(case.get("features", ())),
            environment=case.get("environment", {}),
        )
    return Subject(
        kind=AnalysisKind(case.get("kind", "ARCHITECTURE")),
        question=case.get("question"),
        name="Shop",
        configuration=configuration,
        services=tuple(service(*one) for one in case.get("services", {}).items()),
        parameters=case.get("parameters", {}),
    )


def service(name: str, given: str | Case) -> SubjectService:
    if isinstance(given, str):
        return SubjectService(name, ServiceType(given))
    rest = {field: value for field, value in given.items() if field != "type"}
    return SubjectService(name, ServiceType(given["type"]), rest)


def report_of(case: Case) -> Report:
    return RuleAnalyst().analyse(subject_of(case))


def test_there_are_thirty_projects() -> None:
    assert len(CASES) >= 30


@pytest.mark.parametrize("name", CASES)
def test_a_project_gets_the_findings_that_are_expected(name: str) -> None:
    found = report_of(CASES[name]).findings

    shown = [FIGURE.sub("About … ", f"{one.title} {one.severity}") for one in found]
    assert shown == CASES[name]["findings"]


@pytest.mark.parametrize("name", CASES)
def test_a_project_is_estimated_within_the_table(name: str) -> None:
    cost, dollars = report_of(CASES[name]).monthly_cost, CASES[name].get("dollars")

    assert (cost and cost.total) == (dollars and pytest.approx(dollars, rel=EITHER_WAY))
    if cost:
        assert cost.total == pytest.approx(sum(line.amount for line in cost.lines), abs=0.01)


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_judged_is_said(name: str) -> None:
    first, *rest = report_of(CASES[name]).not_judged

    assert first == ALWAYS_UNKNOWN
    words = CASES[name].get("limits", [])
    assert len(rest) == len(words)
    assert all(word in text for word, text in zip(words, rest, strict=True)), rest


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "names" in case])
def test_a_finding_names_what_is_wrong_and_never_shows_a_secret(name: str) -> None:
    named = ", ".join(CASES[name]["names"])
    text = report_of(CASES[name]).model_dump_json()

    assert f'"{named}: ' in text
    assert "hunter2" not in text
    assert "AKIA" not in text


@pytest.mark.parametrize(
    ("value", "found"),
    [(True, False), (3600, False), ((), False), ("", False), ("hunter2", True), (("a",), True)],
)
def test_only_a_text_is_a_secret(value: ParameterValue, found: bool) -> None:
    report = report_of({"parameters": {"passwordRules": value}})

    assert ("Secrets stand in plain text" in {one.title for one in report.findings}) is found


@pytest.mark.parametrize("name", ["memory", "memoryMb", "memorySize"])
def test_limits_and_prices_know_the_same_names_of_memory(name: str) -> None:
    """Templates that are built in say `memoryMb`."""
    report = report_of({"services": {"api": {"type": "API", name: 64}}})

    assert "Memory that no function can have" in {one.title for one in report.findings}


def test_findings_of_every_kind_are_among_them() -> None:
    kinds = {finding.kind for case in CASES.values() for finding in report_of(case).findings}

    assert kinds == set(FindingKind) - {FindingKind.UNKNOWN}


def table(*columns: str) -> list[list[str]]:
    """Return the rows of the page's table with these columns."""
    head = f"| {' | '.join(columns)} |"
    rows = PAGE[PAGE.index(head) :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]


def test_the_page_shows_the_prices() -> None:
    shown = {row[0]: float(row[2]) for row in table("price", "of", "dollars", "source")}

    assert shown == PRICES


def test_the_page_shows_the_regions() -> None:
    shown = {
        region: float(row[0])
        for row in table("factor", "regions")
        for region in row[1].replace("`", "").split(", ")
    }

    assert shown == REGIONS


def test_the_page_shows_a_month_of_each_part() -> None:
    shown = {row[0]: float(row[2]) for row in table("part", "usage", "dollars a month")}

    assert shown.keys() == {*ASSUMED, *OF_FEATURE}
    for part, dollars in shown.items():
        own = {"services": {part.lower(): part}} if part in ASSUMED else {"features": [part]}
        cost = monthly_cost(subject_of({"runtime": "python3.13", **own}))
        assert cost is not None
        assert cost.total == pytest.approx(dollars, rel=0.01), part


def test_the_page_names_every_finding() -> None:
    titles = {
        re.sub(r"[\w.]+ (is retired|has a successor)", r"… \1", finding.title)
        for case in CASES.values()
        for finding in report_of(case).findings
        if not finding.title.startswith("About")
    }

    assert sorted(title for title in titles if title not in PAGE) == []


def test_a_project_with_many_services_has_a_line_for_the_smallest() -> None:
    services = {f"s{n}": {"type": "API", "requestsPerMonth": n * 10**6} for n in range(60)}
    cost = report_of({"runtime": "python3.13", "services": services}).monthly_cost

    assert cost is not None
    assert len(cost.lines) == 50
    assert cost.lines[-1].service == "others"
    assert cost.total == pytest.approx(sum(line.amount for line in cost.lines), abs=0.01)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
FIELD = TEXT | st.sampled_from(
    ["requestsPerMonth", "memory", "timeout", "cors", "allowedOrigins", "durationMs", "dlq"]
)
SUBJECTS = st.builds(
    Subject,
    kind=st.sampled_from(AnalysisKind),
    question=st.none() | TEXT,
    name=TEXT,
    description=st.none() | TEXT,
    configuration=st.none()
    | st.builds(
        Configuration,
        runtime=TEXT | st.sampled_from(["python3.9", "nodejs22"]),
        region=TEXT,
        features=st.lists(TEXT | st.sampled_from(sorted(OF_FEATURE)), max_size=30).map(tuple),
        environment=st.dictionaries(TEXT | st.just("TOKEN"), TEXT, max_size=20),
    ),
    services=st.lists(
        st.builds(
            SubjectService,
            name=TEXT,
            type=st.sampled_from(ServiceType),
            configuration=st.dictionaries(FIELD, JSON, max_size=4),
        ),
        max_size=100,
    ).map(tuple),
    template=st.none(),
    parameters=st.dictionaries(TEXT, JSON, max_size=5),
)


@settings(max_examples=150, deadline=None)
@given(SUBJECTS)
def test_every_project_gets_a_report_that_fits_into_an_event(subject: Subject) -> None:
    report = RuleAnalyst().analyse(subject)

    assert Report.model_validate_json(report.model_dump_json()) == report
    assert len(json.dumps(report.model_dump(mode="json")).encode()) <= MAX_BYTES
    assert RuleAnalyst().analyse(subject) == report
