"""The pages of features and guarantees, and beside them the tests that show each.

The pages give a state and a number; the tests' names are in docs/reference/, one a line.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from scripts import adapters, features
from scripts.adapters import Port, Sentence
from scripts.features import Feature, FeatureId, Guarantee, Shown, TestName

FEATURES = "docs/features.md"
GUARANTEES = "docs/guarantees.md"
FEATURE_TESTS = "docs/reference/feature-tests.md"
GUARANTEE_TESTS = "docs/reference/guarantee-tests.md"
CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
HEAD = "| id | {} | state | tests |\n|---|---|---|---|\n"
# Where tests do most nearly what users do, first; all others come after these.
NEAREST = (
    "tests/domain/e2e", "tests/guides", "tests/domain/guides", "tests/domain/integration",
    "tests/integration", "frontend", "local/appsync", "amplify", "tests/domain/contract",
    "tests/contract", "tests/infrastructure",
)  # fmt: skip
FEATURES_HEAD = """\
# Features

<!-- Generated from docs/features.yaml and the marks of the tests: `make docs` -->

What a test shows is there. Each row names the test nearest to what a user does, or says part by
part what is there; the number leads to all tests. `make test` fails when one of them is missing,
fails or is skipped ([why](adr/0018-features-name-their-tests.md)).

"""
GUARANTEES_HEAD = """\
# Guarantees

<!-- Generated from docs/guarantees.yaml and docs/adapters.yaml: `make docs` -->

Each sentence is shown by tests; a sentence without a test does not stand here. The number leads to
their names. `make check` fails when a test is gone, `make test` when one fails or is skipped.
First stands what the system promises, then what [each adapter](#each-adapter) does.

"""
ADAPTERS_HEAD = """
## Each adapter

Where a port has more than one adapter, the same tests run with each; some adapters do more. A
sentence about "all" has a test that ran with every adapter: `make test` fails when one is missing.
A subject in which adapters differ has a sentence for each of them.
"""
PORT_HEAD = """
### {port.name}

{port.use}

{adapters}
| id | about | of | promise | tests |
|---|---|---|---|---|
"""
FEATURE_TESTS_HEAD = """\
# The tests of each feature

<!-- Generated from the marks of the tests: `make docs` -->

What each [feature](../features.md) is shown by.
"""
GUARANTEE_TESTS_HEAD = """\
# The tests of each guarantee

<!-- Generated from docs/guarantees.yaml and docs/adapters.yaml: `make docs` -->

What each [guarantee](../guarantees.md) is shown by.
"""


class Claim(NamedTuple):
    """A feature or a guarantee, as both kinds of page show it."""

    id: str
    sentence: str
    state: str
    tests: Collection[TestName]


def pages() -> Mapping[str, str]:
    """Return every page of this module by its path in the repository."""
    shown = features.shown()
    built = {
        name: [built_claim(f, shown) for f in rows] for name, rows in features.listed().items()
    }
    kept = {name: list(map(kept_claim, rows)) for name, rows in features.promised().items()}
    return {
        FEATURES: FEATURES_HEAD + count(shown) + tables(built, "feature", FEATURE_TESTS),
        GUARANTEES: GUARANTEES_HEAD + tables(kept, "promise", GUARANTEE_TESTS) + by_adapter(),
        FEATURE_TESTS: FEATURE_TESTS_HEAD + lists(built),
        GUARANTEE_TESTS: GUARANTEE_TESTS_HEAD + lists({**kept, **of_ports()}),
    }


def built_claim(feature: Feature, shown: Shown) -> Claim:
    tests = nearest_first(feature, shown.get(feature.id, frozenset()))
    return Claim(feature.id, feature.title, told(feature, tests), tests)


def nearest_first(feature: Feature, tests: Iterable[TestName]) -> Sequence[TestName]:
    """Sort tests: what the row names itself, then by how near they are to what a user does."""
    return sorted(tests, key=lambda test: (test not in feature.named(), distance(test), test))


def distance(test: TestName) -> int:
    return next((n for n, folder in enumerate(NEAREST) if test.startswith(folder)), len(NEAREST))


def told(feature: Feature, tests: Sequence[TestName]) -> str:
    """Return the state of a row in words, with its proof or its parts."""
    if feature.decided:
        return decided(feature.decided)
    if feature.parts:
        return f"{state(feature, tests)}: {'; '.join(map(part, feature.parts.items()))}"
    return f"shown: {words(tests[0])}" if tests else "not yet"


def state(feature: Feature, tests: Collection[TestName]) -> str:
    if feature.decided:
        return "decided against"
    if feature.lacks():
        return "in part"
    return "shown" if tests else "not yet"


def part(named: tuple[str, str]) -> str:
    """Return what is said of one part: `batch: yes`."""
    text, test = named
    if features.is_decision(test):
        return f"{text}: {decided(test)}"
    return f"{text}: {'not yet' if test == features.NOT_YET else 'yes'}"


def decided(decision: str) -> str:
    return f"decided against: [ADR {int(Path(decision).name[:4])}]({decision})"


def words(test: TestName) -> str:
    """Return the name of a test as people read it: its class is the subject."""
    *_, title = test.split(" > ")
    _, *classes, name = title.split("::") if "::" in title else ("", title)
    subject = " ".join(CAPITAL.sub(" ", one.removeprefix("Test")).lower() for one in classes)
    sentence = features.IDS.sub("", name).removeprefix("test_").replace("_", " ")
    return f"{subject} {sentence}".strip()


def kept_claim(guarantee: Guarantee) -> Claim:
    return Claim(guarantee.id, guarantee.promise, "shown", guarantee.tests)


def count(shown: Mapping[FeatureId, Collection[TestName]]) -> str:
    rows = [feature for rows in features.listed().values() for feature in rows]
    found = Counter(state(feature, shown.get(feature.id, ())) for feature in rows)
    states = ("shown", "in part", "decided against", "not yet")
    return f"{len(rows)} features: {', '.join(f'{found[one]} {one}' for one in states)}.\n\n"


def tables(groups: Mapping[str, Iterable[Claim]], noun: str, tests: str) -> str:
    target = Path(tests).relative_to("docs").as_posix()
    return "\n".join(
        f"## {name}\n\n{HEAD.format(noun)}{''.join(row(claim, target) for claim in claims)}"
        for name, claims in groups.items()
    )


def row(claim: Claim, target: str) -> str:
    number = linked(claim.id, claim.tests, target)
    return f"| {claim.id} | {cell(claim.sentence)} | {claim.state} | {number} |\n"


def cell(sentence: str) -> str:
    return sentence.replace("<", "&lt;").replace("|", "\\|")


def linked(id: str, tests: Collection[TestName], target: str) -> str:
    """Return the number of tests, which leads to their names."""
    return f"[{len(tests)}]({target}#{id.lower()})" if tests else "0"


def by_adapter() -> str:
    """Return the part of the page that says what each adapter of a port does."""
    return ADAPTERS_HEAD + "".join(map(port_table, adapters.ports()))


def port_table(port: Port) -> str:
    named = "".join(f"- {one.name}: `{one.implements}`\n" for one in port.adapters)
    return PORT_HEAD.format(port=port, adapters=named) + "".join(map(adapter_row, port.sentences))


def adapter_row(sentence: Sentence) -> str:
    target = Path(GUARANTEE_TESTS).relative_to("docs").as_posix()
    number = linked(sentence.id, claim_of(sentence).tests, target)
    of = sentence.of or "all"
    return f"| {sentence.id} | {sentence.about} | {of} | {cell(sentence.promise)} | {number} |\n"


def of_ports() -> Mapping[str, Sequence[Claim]]:
    return {port.name: list(map(claim_of, port.sentences)) for port in adapters.ports()}


def claim_of(sentence: Sentence) -> Claim:
    tests = tuple(map(TestName, sentence.tests))
    return Claim(sentence.id, sentence.promise, "shown", tests)


def lists(groups: Mapping[str, Iterable[Claim]]) -> str:
    return "".join(
        section for claims in groups.values() for claim in claims for section in named(claim)
    )


def named(claim: Claim) -> Iterator[str]:
    """A heading is the id alone, so that it can be linked to."""
    if claim.tests:
        sentence = LINK.sub(r"\1", claim.sentence).replace("<", "&lt;")
        tests = "".join(f"- `{test}`\n" for test in claim.tests)
        yield f"\n## {claim.id}\n\n{sentence}\n\n{tests}"
