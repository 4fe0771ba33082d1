"""The pages of features and guarantees, and beside them the tests that show each.

The pages give a state and a number; the tests' names are in docs/reference/, one a line.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scripts import features
from scripts.features import Feature, FeatureId, Guarantee, Shown, TestName

FEATURES = "docs/features.md"
GUARANTEES = "docs/guarantees.md"
FEATURE_TESTS = "docs/reference/feature-tests.md"
GUARANTEE_TESTS = "docs/reference/guarantee-tests.md"
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
HEAD = "| id | {} | state | tests |\n|---|---|---|---|\n"
FEATURES_HEAD = """\
# Features

<!-- Generated from docs/features.yaml and the marks of the tests: `make docs` -->

What a test shows is there; the number leads to the names of the tests. `make test` fails when one
of them is missing, fails or is skipped ([why](adr/0018-features-name-their-tests.md)).

"""
GUARANTEES_HEAD = """\
# Guarantees

<!-- Generated from docs/guarantees.yaml: `make docs` -->

Each sentence is shown by tests; a sentence without a test does not stand here. The number leads to
their names. `make check` fails when a test is gone, `make test` when one fails or is skipped.

"""
FEATURE_TESTS_HEAD = """\
# The tests of each feature

<!-- Generated from the marks of the tests: `make docs` -->

What each [feature](../features.md) is shown by.
"""
GUARANTEE_TESTS_HEAD = """\
# The tests of each guarantee

<!-- Generated from docs/guarantees.yaml: `make docs` -->

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
        GUARANTEES: GUARANTEES_HEAD + tables(kept, "promise", GUARANTEE_TESTS),
        FEATURE_TESTS: FEATURE_TESTS_HEAD + lists(built),
        GUARANTEE_TESTS: GUARANTEE_TESTS_HEAD + lists(kept),
    }


def built_claim(feature: Feature, shown: Shown) -> Claim:
    tests = shown.get(feature.id, frozenset())
    return Claim(feature.id, feature.title, state(feature, tests), sorted(tests))


def state(feature: Feature, tests: Collection[TestName]) -> str:
    if feature.decided:
        return f"decided against: [ADR {int(Path(feature.decided).name[:4])}]({feature.decided})"
    return "shown" if tests else "not yet"


def kept_claim(guarantee: Guarantee) -> Claim:
    return Claim(guarantee.id, guarantee.promise, "shown", guarantee.tests)


def count(shown: Mapping[FeatureId, Collection[TestName]]) -> str:
    rows = [feature for rows in features.listed().values() for feature in rows]
    proven = sum(feature.id in shown for feature in rows)
    against = sum(feature.decided is not None for feature in rows)
    return (
        f"{len(rows)} features: {proven} shown by tests, {against} decided against, "
        f"{len(rows) - proven - against} not yet.\n\n"
    )


def tables(groups: Mapping[str, Iterable[Claim]], noun: str, tests: str) -> str:
    target = Path(tests).relative_to("docs").as_posix()
    return "\n".join(
        f"## {name}\n\n{HEAD.format(noun)}{''.join(row(claim, target) for claim in claims)}"
        for name, claims in groups.items()
    )


def row(claim: Claim, target: str) -> str:
    sentence = claim.sentence.replace("<", "&lt;").replace("|", "\\|")
    number = f"[{len(claim.tests)}]({target}#{claim.id.lower()})" if claim.tests else "0"
    return f"| {claim.id} | {sentence} | {claim.state} | {number} |\n"


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
