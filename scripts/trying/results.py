"""Results of a trial: one JUnit file, and the difference to the tree in a few lines."""

import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.trying.trial import Outcome, Trial

DEPTH = 2  # folders that the summary tells apart


def write(trial: Trial, file: Path) -> None:
    """Write the outcome of every command, and every case of the tests."""
    root = ElementTree.Element("testsuites")
    steps = ElementTree.SubElement(root, "testsuite", name="try_domain")
    steps.extend(map(case, trial.outcomes))
    for found in sorted(trial.results.glob("*.xml")):
        root.extend(suites(found))
    file.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(root).write(file, encoding="unicode", xml_declaration=True)


def case(outcome: Outcome) -> ElementTree.Element:
    found = ElementTree.Element("testcase", name=outcome.name, time=f"{outcome.seconds:.3f}")
    if not outcome.passed:
        ElementTree.SubElement(found, "failure").text = outcome.output
    return found


def suites(file: Path) -> Iterator[ElementTree.Element]:
    yield from ElementTree.parse(file).getroot().iter("testsuite")


def summary(changed: Sequence[tuple[str, str]]) -> str:
    """Return the number of files that differ, by folder and kind."""
    counts = Counter((place(name), kind) for name, kind in changed)
    lines = [f"  {folder:<28}{kind:<10}{n:>5}" for (folder, kind), n in sorted(counts.items())]
    return "\n".join(["Different from the tree:", *lines])


def place(name: str) -> str:
    *folders, file = name.split("/")
    return "/".join(folders[:DEPTH]) + "/" if folders else file
