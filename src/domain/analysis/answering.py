"""The answer to a question: the analyst is asked, and its report completes the analysis."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.analysis.aggregate import Status, analysis
from domain.analysis.events import AnalysisRequested
from domain.analysis.subjects import Told, subject_of, told_by, with_template
from domain.pinned import pinned
from domain.ports import Analyst, UnusableReport
from domain.project.aggregate import project
from domain.project.events import ProjectDeleted, ProjectEvent
from domain.template.aggregate import TemplateNotPublished, template
from kernel.messages import Recorded, plain_id
from kernel.reaction import History, Reaction
from kernel.saga import Sending
from kernel.texts import presentable
from kernel.values import LONGEST_REASON

DELETED = "The project was deleted."
NO_ANSWER = "The analyst did not answer."
MACHINE = "analyst"


@dataclass(frozen=True, slots=True)
class Answering:
    """Asks the analyst about a project, unless nobody waits for an answer any more."""

    analyst: Analyst

    def answer(self, asked: Recorded[AnalysisRequested], history: History) -> Sending | None:
        id = plain_id(asked.aggregate_id)
        if has_ended(id, history):
            return None
        found = [one.event for one in history.events(project, asked.event.project_id)]
        if any(isinstance(event, ProjectDeleted) for event in found):
            return failing(asked, DELETED)
        subject = subject_of(asked.event, told_with_template(found, history))
        report = self.analyst.analyse(subject)
        data = report.model_dump(mode="json", by_alias=True)
        return Sending("complete-analysis", id, {**data, "analyst": self.analyst.name})


def told_with_template(project: Iterable[ProjectEvent], history: History) -> Told:
    """Return what is known of the project, with what its template is still to add."""
    told = told_by(project)
    if told.template is None or told.provisioned:
        return told
    recorded = (one.event for one in history.events(template, told.template.template_id))
    try:
        return with_template(told, pinned(recorded, told.template.revision))
    except TemplateNotPublished:  # chosen in an earlier release, which asked no one
        return told


def has_ended(id: str, history: History) -> bool:
    found = (one.event for one in history.events(analysis, id))
    return analysis.fold(found).status is not Status.REQUESTED


def give_up(asked: Recorded[AnalysisRequested], error: Exception | None) -> Sending:
    said = str(error) if isinstance(error, UnusableReport) else ""
    return failing(asked, presentable(said, LONGEST_REASON) or NO_ANSWER)


def failing(asked: Recorded[AnalysisRequested], reason: str) -> Sending:
    return Sending("fail-analysis", plain_id(asked.aggregate_id), {"reason": reason})


def answered_by(analyst: Analyst) -> Reaction:
    return Reaction(analysis, AnalysisRequested, MACHINE, Answering(analyst).answer, give_up)
