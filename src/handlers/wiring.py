"""Wiring: the adapters of the functions, each made once per process, when it is first needed.

What it makes is imported there, too: a function that needs no domain and no GraphQL starts without.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from application.metrics import Metrics
from application.ports import Clock, EventBus, FailureSink, People, utc_now
from application.writing.deferral import Tickets, Workflow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.appsync.queries import AppSyncQueries
    from adapters.appsync.read_models import AppSyncReadModels
    from adapters.dynamodb.event_store import DynamoDbEventStore
    from application.archives import Archives
    from application.metric_rows import MetricWriter
    from application.ports import OpensRows
    from application.privacy.sealing import Sealer
    from application.privacy.subject_keys import SubjectKeys
    from application.publishing.feed import Feed
    from application.reading.catch_up import CatchUp
    from application.reading.words import WordIndex, Words
    from application.sagas.ports import Executions, SagaTable, Tell
    from application.sagas.runs import Runs
    from edge.commands.sending import Commands
    from edge.commands.waiting import ReadRow
    from edge.http.api import Surroundings
    from kernel.projection import Projection
    from kernel.saga import Offered

WARM_BYTES = 32 * 2**20
"""What a process may remember of streams, of the 1 024 MB that it has."""
now: Clock = utc_now


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment of the functions (template.yaml)."""

    events_table: str
    claims_table: str
    feed_table: str
    key_table: str
    sealing_key: str
    open_key_seconds: float
    event_bus: str
    error_bus: str
    graphql_url: str
    commands_table: str
    # Only CommandApi starts it, and looks users up.
    command_workflow: str
    user_pool: str
    # Only projectors have one.
    projection: str
    # Only the functions of sagas have these; machines are JSON, by the name of the saga.
    saga_table: str
    saga_queue: str
    saga_machines: str
    saga_patience: float
    sagas_paused: bool
    region: str
    # Only those that keep archives, or give links to them.
    archives: str
    # Only the writer of metric rows.
    metric_days: int
    # Empty if nobody searches in everybody's rows.
    words_table: str


@cache
def settings() -> Settings:
    return Settings(
        events_table=os.environ["EVENTS_TABLE"],
        claims_table=os.environ["CLAIMS_TABLE"],
        feed_table=os.environ["FEED_TABLE"],
        key_table=os.environ["KEY_TABLE"],
        sealing_key=os.environ["SEALING_KEY"],
        open_key_seconds=float(os.environ["OPEN_KEY_SECONDS"]),
        event_bus=os.environ["EVENT_BUS"],
        error_bus=os.environ["ERROR_BUS"],
        graphql_url=os.environ["GRAPHQL_URL"],
        commands_table=os.environ["COMMANDS_TABLE"],
        command_workflow=os.environ.get("COMMAND_WORKFLOW", ""),
        user_pool=os.environ.get("USER_POOL", ""),
        projection=os.environ.get("PROJECTION", ""),
        saga_table=os.environ.get("SAGA_TABLE", ""),
        saga_queue=os.environ.get("SAGA_QUEUE", ""),
        saga_machines=os.environ.get("SAGA_MACHINES", "{}"),
        saga_patience=float(os.environ.get("SAGA_PATIENCE", "300")),
        sagas_paused=os.environ.get("SAGAS", "on") == "off",
        region=os.environ.get("AWS_REGION", ""),
        archives=os.environ.get("ARCHIVES", ""),
        metric_days=int(os.environ.get("METRIC_DAYS", "14")),
        words_table=os.environ.get("WORDS_TABLE", ""),
    )


def at_init(make: Callable[[], object]) -> None:
    """Make clients while a Lambda environment starts: that phase has the most CPU."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        make()


def surroundings() -> "Surroundings":
    from edge.http.api import Surroundings

    return Surroundings(
        failures, os.environ.get("ALLOWED_ORIGIN", "*"), os.environ.get("BASE_PATH", "")
    )


def main_rows() -> "Mapping[str, ReadRow]":
    """Return a reader for the main row of each aggregate type that has one.

    To make the client of AppSync takes a third of a second: the first reader that is called does.
    """

    from domain.contents import contents

    def reader(document: str) -> "ReadRow":
        return lambda token, id: queries().row(token, document, id)

    return {kind: reader(query.document) for kind, query in contents.detail.items()}


@cache
def event_store() -> "DynamoDbEventStore":
    from adapters.dynamodb.event_store import DynamoDbEventStore

    settled = settings()
    return DynamoDbEventStore(database(), settled.events_table, settled.claims_table)


@cache
def feed() -> "Feed":
    from adapters.dynamodb.feed import DynamoDbFeed

    return DynamoDbFeed(database(), settings().feed_table)


@cache
def sealer() -> "Sealer":
    from application.privacy.sealing import Sealer

    return Sealer(subject_keys())


@cache
def subject_keys() -> "SubjectKeys":
    from adapters.dynamodb.key_table import DynamoDbKeyTable
    from adapters.kms.key_wrapper import KmsKeyWrapper
    from application.privacy.subject_keys import SubjectKeys

    settled = settings()
    table = DynamoDbKeyTable(database(), settled.key_table)
    wrapper = KmsKeyWrapper(key_service, settled.sealing_key)
    return SubjectKeys(table, wrapper, now, settled.open_key_seconds)


def key_service() -> Any:  # noqa: ANN401 - boto3 makes clients by name
    return aws_client("kms")


@cache
def people() -> People:
    from adapters.cognito.user_pool import CognitoUserPool

    return CognitoUserPool(lambda: aws_client("cognito-idp"), settings().user_pool)


@cache
def tickets() -> Tickets:
    from adapters.dynamodb.tickets import DynamoDbTickets

    return DynamoDbTickets(database(), settings().commands_table)


@cache
def workflow() -> Workflow:
    from adapters.step_functions.workflow import StepFunctionsWorkflow

    return StepFunctionsWorkflow(aws_client("stepfunctions"), settings().command_workflow)


@cache
def commands() -> "Commands":
    """Return what runs commands; it keeps what this process remembers of streams."""

    from application.writing.heads import WarmHeads
    from domain.contents import contents
    from edge.commands.sending import Commands

    warm = WarmHeads(WARM_BYTES)
    made = Commands.over(contents, event_store(), now, warm, sealer=sealer())
    return replace(made, metrics=metrics())


@cache
def runs() -> "Runs":
    from application.sagas.runs import Runs
    from domain.contents import contents

    return Runs(contents, event_store())


@cache
def saga_table() -> "SagaTable":
    from adapters.dynamodb.saga_table import DynamoDbSagaTable

    return DynamoDbSagaTable(database(), settings().saga_table)


@cache
def saga_queue() -> "Tell":
    from adapters.sqs.saga_queue import SqsSagaQueue

    return SqsSagaQueue(aws_client("sqs"), settings().saga_queue)


@cache
def executions() -> "Executions":
    from adapters.step_functions.executions import StepFunctionsExecutions

    machines = json.loads(settings().saga_machines)
    return StepFunctionsExecutions(aws_client("stepfunctions"), machines)


@cache
def offered() -> "Offered":
    """Return what steps of sagas work with; the renderer starts a process of its own."""
    from adapters.jinja.renderer import JinjaRenderer
    from application.sagas.offering import Offer

    return Offer(runs(), JinjaRenderer(), archives(), settings().region)


@cache
def archives() -> "Archives":
    """Return the archives; a link works only where its signature names the bucket's own address."""
    from adapters.s3.archives import S3Archives

    style = "path" if "AWS_ENDPOINT_URL" in os.environ else "virtual"
    client = new_client("s3", signature_version="s3v4", s3={"addressing_style": style})
    return S3Archives(client, settings().archives)


@cache
def event_bus() -> EventBus:
    from adapters.eventbridge.event_bus import EventBridgeEventBus

    return EventBridgeEventBus(aws_client("events"), settings().event_bus)


@cache
def failures() -> FailureSink:
    from adapters.eventbridge.event_bus import EventBridgeFailureSink

    return EventBridgeFailureSink(aws_client("events"), settings().error_bus)


@cache
def read_models() -> "AppSyncReadModels":
    from adapters.appsync.read_models import AppSyncReadModels, signed_session
    from domain.contents import contents

    return AppSyncReadModels(signed_session(settings().graphql_url), contents.read_models)


@cache
def catch_up(projection: "Projection", *, anew: bool = False) -> "CatchUp":
    """Return what brings up the rows of a projection, without a memory.

    For a repair of all streams, parts that cannot be read are made `anew`.
    """
    from threading import Lock

    from application.reading.catch_up import CatchUp
    from application.reading.gathering import gathering_of

    opener = row_opener(projection)
    gathering = gathering_of(projection, read_models(), Lock(), anew=anew)
    return CatchUp(
        event_store(), read_models(), projection, None, opener, gathering, words(projection)
    )


@cache
def word_index() -> "WordIndex | None":
    """Return the index of words, if there is one."""
    from adapters.dynamodb.words import DynamoDbWords

    table = settings().words_table
    return DynamoDbWords(database(), table) if table else None


def words(projection: "Projection") -> "Words | None":
    """Return what keeps the words of the projection's rows, if people search for them."""
    from application.reading.words import words_of
    from domain.contents import contents

    return words_of(contents, projection, event_store(), word_index())


@cache
def metric_writer() -> "MetricWriter":
    """Return what writes rows; it keeps what this process remembers of them."""
    from adapters.appsync.metric_rows import AppSyncMetricRows
    from adapters.appsync.read_models import signed_session
    from adapters.cloudwatch.figures import CloudWatchFigures
    from application.metric_rows import MetricWriter
    from application.series import series_of
    from domain.contents import contents
    from edge.observability import namespace

    settled = settings()
    figures = CloudWatchFigures(aws_client("cloudwatch"), namespace())
    rows = AppSyncMetricRows(signed_session(settled.graphql_url), contents.read_models)
    kept = [series for series in series_of(contents) if series.metric.in_rows]
    return MetricWriter(kept, figures, rows, now, settled.metric_days)


def row_opener(projection: "Projection") -> "OpensRows | None":
    """Return what opens the personal data of the projection's rows, if they have any."""
    if not projection.personal:
        return None
    from application.privacy.opening import RowOpener

    return RowOpener(sealer(), projection)


@cache
def queries() -> "AppSyncQueries":
    from adapters.appsync.queries import AppSyncQueries
    from adapters.appsync.session import open_session
    from domain.contents import contents

    return AppSyncQueries(open_session(settings().graphql_url), contents.read_models)


@cache
def database() -> Any:  # noqa: ANN401 - boto3 makes clients by name
    """Return a client that reports the units that its calls consume, and parses answers quickly."""
    from adapters.dynamodb.capacity import reporting
    from adapters.dynamodb.parsing import parsing

    return parsing(reporting(aws_client("dynamodb")))


@cache
def metrics() -> Metrics:
    from edge.observability import write_metrics

    return Metrics(write_metrics, now)


@cache
def aws_client(service: str) -> Any:  # noqa: ANN401 - boto3 makes clients by name
    return new_client(service)


def new_client(service: str, **settings: Any) -> Any:  # noqa: ANN401 - boto3 makes clients by name
    """Return a client without a resource layer, which would double the CPU of a call (docs/adr)."""
    import boto3
    from botocore.config import Config

    # Shorter than the functions' timeouts. A Put that is retried collides with itself: no harm.
    config = Config(
        connect_timeout=2,
        read_timeout=5,
        retries={"mode": "standard", "total_max_attempts": 3},
        parameter_validation=False,
        # Given once: botocore assembles its own for every call, a third of the CPU of a call.
        user_agent=f"Boto3/{boto3.__version__} skafu",
        **settings,
    )
    make: Any = boto3.client
    return make(service, config=config)
