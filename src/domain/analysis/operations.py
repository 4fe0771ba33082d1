"""Every command of an analysis: its route, who may send it, what it touches, its examples.

Each of them begins or ends the analysis, so none is ever merged.
"""

from functools import partial

from domain.analysis import bodies, commands
from kernel.merging import LIFE, always
from kernel.operation import Example, Operation, Who

ANALYSIS = partial(Operation, "ANALYSIS")
POT = "🫖"  # four bytes in UTF-8

ANALYSED = ("create-project", "request-analysis")

OPERATIONS = (
    ANALYSIS(
        commands.RequestAnalysis,
        "POST /analyses",
        Who.OWNER,
        always(LIFE),
        Example(
            {"projectId": "{project}", "kind": "COST", "question": "What will it cost a month?"},
            {"projectId": "{project}", "kind": "ARCHITECTURE", "question": POT * 2000},
            ("create-project",),
        ),
        bodies.RequestAnalysisBody,
        creates=True,
    ),
    ANALYSIS(
        commands.CompleteAnalysis,
        "POST /analyses/<id>/complete",
        Who.WORKER,
        always(LIFE),
        Example(
            {
                "summary": "About 12 dollars a month, most of it for the database.",
                "findings": [{"severity": "INFO", "title": "The database is idle at night."}],
                "analyst": "rules-1",
            },
            {
                "summary": POT * 4000,
                "findings": [
                    {"severity": "CRITICAL", "title": POT * 25, "detail": "d" * 310}
                    for _ in range(100)
                ],
                "analyst": POT * 100,
            },
            ANALYSED,
        ),
    ),
    ANALYSIS(
        commands.FailAnalysis,
        "POST /analyses/<id>/fail",
        Who.WORKER,
        always(LIFE),
        Example({"reason": "The model did not answer."}, {"reason": POT * 1000}, ANALYSED),
    ),
    ANALYSIS(
        commands.CancelAnalysis,
        "POST /analyses/<id>/cancel",
        Who.OWNER,
        always(LIFE),
        Example(given=ANALYSED),
    ),
)
