"""`skafu saga`: runs of sagas and what they wait for, listed, shown, begun, undone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

import typer

from application.reading.history import Trail, trail
from application.sagas.beginning import Beginnings
from application.sagas.ports import Execution, Executions, SagaTable, Waiting
from application.sagas.runs import Runs
from application.sagas.tasks import RunKey, failed
from domain.contents import contents
from handlers import wiring
from kernel.errors import AggregateNotFound
from kernel.messages import event_id, iso_milliseconds
from kernel.saga import ABANDONED, RUNNING
from skafu.commands.help import examples
from skafu.reach.streams import AggregateArgument, named
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, Target, select
from skafu.reach.trouble import Trouble
from skafu.terminal import json_lines, record, say, table
