"""Past states: each that a client was shown is the fold of the events up to the version."""

from collections.abc import Iterator

from application.reading.history import NoSuchVersion
from edge.caller import Forbidden
from edge.errors import problem_type, row_of
from edge.queries.history import shown
from edge.queries.routes import Meta, OneBody
from kernel.errors import AggregateNotFound
from kernel.operation import Json
from skafu.simulation.answers import NO_PROMISE
from skafu.simulation.divergence import Divergence
from skafu.simulation.history import History, Said
from skafu.simulation.lookups import Found
from skafu.simulation.proxy import Answer
from skafu.simulation.queries import Asked, Question


def check_query(asked: Asked, found: Found) -> None:
    """Check that the answer was right at some moment."""
    answer, question = asked.answer, asked.question
    if answer.status in NO_PROMISE:
        return
    stream = found.streams.get(question.aggregate) or History(question.aggregate, (), ())
    moments = stream.during(asked)
    right = [
        one for known in moments for one in right_answers(question, stream, known, moments[-1])
    ]
    given = said(answer)
    if given not in right:
        what = f"the state of {question.thing} at {question.version}"
        raise Divergence("query", f"{what} was answered {given} at step {asked.ended}: {right}")


def said(answer: Answer) -> Json | Said:
    if answer.status == 200:
        return answer.body
    return Said(answer.status, answer.body["type"].rpartition("/")[2])


def right_answers(
    question: Question, stream: History, commits: int, last: int
) -> Iterator[Json | Said]:
    """Yield the right answers when the owner was read at a moment, and the version after it."""
    owner, who = stream.decider.owner_of(stream.states[commits]), question.who
    if owner is None or (owner != who.owner and not who.is_admin):
        hidden = owner is None or not who.is_developer
        yield refused(AggregateNotFound if hidden else Forbidden)
        return
    if stream.version(commits) < question.version:
        yield refused(NoSuchVersion)
    if stream.version(last) >= question.version:
        yield past_state(stream, question.version)


def refused(error: type[Exception]) -> Said:
    return Said(row_of(error).answer.status, problem_type(error))


def past_state(stream: History, version: int) -> Json:
    """Return the answer with the state after the event, folded from the start."""
    recorded = [one for one in stream.all_recorded() if one.sequence <= version]
    state = stream.decider.fold(one.event for one in recorded)
    meta = Meta(last_updated=recorded[-1].timestamp, version=version)
    return OneBody(data=shown(state), meta=meta).model_dump(by_alias=True, mode="json")
