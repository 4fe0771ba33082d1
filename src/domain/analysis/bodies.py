"""Data of the command whose fields differ from what clients send."""

from typing import ClassVar

from domain.analysis import commands
from domain.analysis.commands import AnalysisKind, Question
from kernel.messages import Command
from kernel.operation import Body, Context, PlainId


class RequestAnalysisBody(Body):
    """An analysis of a project."""

    made: ClassVar[type[Command]] = commands.RequestAnalysis

    project_id: PlainId
    kind: AnalysisKind
    question: Question | None = None

    def command(self, context: Context) -> commands.RequestAnalysis:
        owner = context.look_ups.project_owner(self.project_id, context.actor)
        return commands.RequestAnalysis(owner=owner, **dict(self))


BODIES = (RequestAnalysisBody,)
