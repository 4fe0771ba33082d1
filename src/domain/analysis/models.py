"""Analysts that are models: whatever a model answers is data, and nothing but a report is taken.

An adapter that asks a model must be wrapped in `ModelAnalyst`: that is the guard. None is wired
here; `domain/contents.py` wires rules.
"""

from dataclasses import dataclass
from typing import Protocol

from pydantic import ValidationError

from domain.analysis.commands import Report
from domain.ports import Subject, UnusableReport

MAX_BYTES = 48 * 1024
"""Of an answer: as an event it may have 64 KB, in which some characters take more."""


class Model(Protocol):
    """Asks a model about a project; `name` says which, with its version."""

    @property
    def name(self) -> str: ...

    def ask(self, subject: Subject) -> object:
        """Return whatever it answers. Raises the engine's `Unavailable`."""
        ...


@dataclass(frozen=True, slots=True)
class ModelAnalyst:
    """An analyst that takes a model's answer for a report only if it is one."""

    model: Model

    @property
    def name(self) -> str:
        return self.model.name

    def analyse(self, subject: Subject) -> Report:
        return report_of(self.model.ask(subject))


def report_of(answer: object) -> Report:
    """Return the report that a text holds as JSON. Raises `UnusableReport`.

    No message quotes the answer: it may hold anything.
    """
    if not isinstance(answer, str):
        raise UnusableReport("The analyst's answer is not a text.")
    if len(answer.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise UnusableReport(f"The analyst's answer has more than {MAX_BYTES // 1024} KB.")
    try:
        return Report.model_validate_json(answer)
    except ValidationError:
        raise UnusableReport("The analyst's answer is not a report.") from None
