"""Generates the parts of template.yaml that follow from the domain.

    python -m skafu.generate.template [--check]

One part repeats for each group of read models. src/projections/groups.yaml names the groups. The
events of a group's rule and the models of its rows are read from its projection. Another part is
the pattern of the events of other domains that are translated into commands, and others are what
each saga needs, and the alarms and the dashboard of our own metrics.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from textwrap import fill

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from application.reading.segment_rebuild import checked_models
from domain.contents import contents
from kernel.messages import bus_source, replay_source
from kernel.projection import Projection
from kernel.reaction import Reaction
from kernel.saga import Saga
from skafu.generate import monitoring
from skafu.generate import sagas as machines
from skafu.generate.pieces import (
    GROUPS,
    KEYS,
    MACHINE,
    MARKS,
    OUTPUTS,
    POLICY,
    RESOURCES,
    RIGHTS,
    ROWS,
    WORDS,
)

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "template.yaml"
SCHEMA = "amplify/data/schema.ts"
SHAPE = (
    "needs `resources`, a name such as OrderLine, and a `description` of 1 to 256 characters, may "
    "have `maxLag`, 1 to 86400 seconds, and takes nothing else"
)
WIDTH = 100
WRITES = ("GetItem", "PutItem", "DeleteItem")
DAY = 86_400  # seconds: what is older than a day has left the stream unpublished


class Faults(Exception):
    """The reasons why the template cannot be generated, a line each."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))


class Named(BaseModel):
    """A group in groups.yaml. An alarm tells of rows that show an event after `maxLag` seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    resources: str = Field(pattern="^([A-Z][a-z0-9]+)+$")
    description: str = Field(min_length=1, max_length=256)  # what Lambda allows
    max_lag: int = Field(default=60, alias="maxLag", ge=1, le=DAY, strict=True)


@dataclass(frozen=True, slots=True)
class Group:
    """A projection, and what groups.yaml says of its resources."""

    projection: Projection
    named: Named

    def resources(self) -> str:
        return RESOURCES.substitute(
            prefix=self.named.resources,
            projection=self.projection.name,
            function=kebab(self.named.resources),
            description=json.dumps(self.named.description, ensure_ascii=False),
            pattern=self.pattern(),
            keys=KEYS if self.projection.personal else "",
            words=words(WRITES) if contents.searched(self.projection) else "",
            rows=rows(self.fields()),
            max_lag=self.named.max_lag,
        )

    def outputs(self) -> str:
        return OUTPUTS.substitute(prefix=self.named.resources)

    def pattern(self) -> str:
        """Match the events that touch rows, and those that are replayed to this projection."""
        kind, name = self.projection.aggregate_type, self.projection.name
        lines = [
            f"        $or:\n          - source: [{bus_source(kind)}]",
            f"          - source: [{replay_source(kind)}]",
            f"            detail: {{ metadata: {{ replayTo: [{name}] }} }}",
        ]
        if self.projection.hints is not None:
            names = [event.__name__ for event in self.projection.hints]
            lines.append(flow("detail-type", names))
        return "\n".join(lines)

    def fields(self) -> Iterator[str]:
        models = self.projection.written
        calls = [f"Query/fields/get{model}" for model in models]
        calls += [
            f"Mutation/fields/{verb}{model}" for model in models for verb in ("create", "update")
        ]
        return map(field_of, calls)


def field_of(call: str) -> str:
    return f"!Sub ${{GraphqlApiArn}}/types/{call}"


def text(
    template: str,
    groups: str,
    projections: Mapping[str, Projection] = contents.projection,
    translations: Iterable[tuple[str, str]] = contents.translations,
    sagas: Sequence[Saga] = contents.sagas,
    reactions: Sequence[Reaction] = contents.reactions,
) -> str:
    """Return the template with its generated parts as they should be; raises `Faults`."""
    named = read(groups)
    if lines := [*unmatched(named, projections), *unknown_models(projections), *unmarked(template)]:
        raise Faults(lines)
    found = [Group(projections[name], group) for name, group in named.items()]
    template = replaced(template, "translations", translated(translations))
    answered = translated((reaction.source, reaction.event.__name__) for reaction in reactions)
    template = replaced(template, "answered", answered)
    for part, content in of_sagas(sagas).items():
        template = replaced(template, part, content)
    template = replaced(template, "resources", resources(found))
    template = replaced(template, "mended", mended(found))
    template = replaced(template, "rebuilt", rebuilt(found))
    max_lags = {name: group.max_lag for name, group in named.items()}
    template = replaced(template, "metrics", monitoring.part(contents, max_lags))
    return replaced(template, "outputs", "".join(group.outputs() for group in found))


def read(groups: str) -> dict[str, Named]:
    try:
        return TypeAdapter(dict[str, Named]).validate_python(yaml.safe_load(groups))
    except yaml.YAMLError as error:
        raise Faults([f"{GROUPS}: {' '.join(str(error).split())}"]) from error
    except ValidationError as error:
        names = {str(each["loc"][0]) for each in error.errors() if each["loc"]}
        raise Faults([f"{GROUPS}: {name}: {SHAPE}" for name in sorted(names) or ["all"]]) from error


def unmatched(named: Mapping[str, Named], projections: Mapping[str, Projection]) -> Iterator[str]:
    for name in sorted(projections.keys() - named):
        yield f"{GROUPS}: the projection {name} has no group"
    for name in sorted(named.keys() - projections):
        yield f"{GROUPS}: there is no projection {name}"


def unknown_models(projections: Mapping[str, Projection]) -> Iterator[str]:
    for name, projection in projections.items():
        for model in projection.written:
            if model not in contents.read_models.rows:
                yield f"{SCHEMA}: no model {model}, of which the projection {name} makes rows"


def unmarked(template: str) -> Iterator[str]:
    for line in chain(*MARKS.values()):
        if line not in template:
            yield f"{TEMPLATE}: the line {line.strip()!r} is missing"


def resources(groups: Iterable[Group]) -> str:
    found = list(groups)
    prefixes = [group.named.resources for group in found]
    queues = [f"{prefix}{kind}" for kind in ("Queue", "Dlq") for prefix in prefixes]
    return "".join(group.resources() for group in found) + POLICY.substitute(
        queues=items(8, (f"!Ref {queue}" for queue in queues)),
        arns=items(14, (f"!GetAtt {queue}.Arn" for queue in queues)),
        rules=items(18, (f"!GetAtt {prefix}Rule.Arn" for prefix in prefixes)),
    )


def mended(groups: Sequence[Group]) -> str:
    """Return the rights on all rows and words, lists of them included, and on keys of people."""
    models = [model for group in groups for model in group.projection.written]
    return on_rows(groups, models, (*WRITES, "Query"))


def rebuilt(groups: Sequence[Group]) -> str:
    """Return the same rights without lists of words and of finished sums."""
    models = [model for group in groups for model in checked_models(group.projection)]
    return on_rows(groups, models, WRITES)


def on_rows(groups: Sequence[Group], listed: Iterable[str], of_words: Iterable[str]) -> str:
    """Return the rights to write all rows and to list those of some models."""
    lists = (field_of(f"Query/fields/{listing(model)}") for model in listed)
    fields = dict.fromkeys(chain(lists, *(group.fields() for group in groups)))
    keys = KEYS if any(group.projection.personal for group in groups) else ""
    searched = any(contents.searched(group.projection) for group in groups)
    return keys + (words(of_words) if searched else "") + rows(fields)


def words(actions: Iterable[str]) -> str:
    return WORDS.substitute(actions=", ".join(f"dynamodb:{action}" for action in actions))


def listing(model: str) -> str:
    """Return the field that lists all rows of a model: the first that its document asks for."""
    found = re.search(r"\{\s*(\w+)", contents.read_models.lists[model])
    assert found is not None
    return found[1]


def rows(fields: Iterable[str]) -> str:
    return ROWS.substitute(fields=items(16, fields))


def of_sagas(sagas: Sequence[Saga]) -> dict[str, str]:
    """Return the parts of sagas, which are empty without one."""
    named = ", ".join(f'"{saga.name}": "${{{pascal(saga.name)}}}"' for saga in sagas)
    arns = f"!Sub '{{{named}}}'" if sagas else "'{}'"
    return {
        "listening": translated(heard(sagas)),
        "machines": f"          SAGA_MACHINES: {arns}\n",
        "rights": "".join(RIGHTS.substitute(id=pascal(saga.name)) for saga in sagas),
        "state machines": "".join(
            MACHINE.substitute(id=pascal(saga.name), name=saga.name, path=machines.path(saga))
            for saga in sagas
        ),
        "outputs of sagas": f"  SagaMachines:\n    Value: {arns}\n",
    }


def heard(sagas: Iterable[Saga]) -> Iterator[tuple[str, str]]:
    """Yield the source and the detail type of every event that sagas are told of."""
    for saga in sagas:
        own = bus_source(saga.aggregate_type)
        for ended in (saga.started_by, *(saga.remains.after if saga.remains else ())):
            yield own, ended.__name__
        for question in (step.question for step in saga.steps if step.question):
            for event in question.answers:
                yield bus_source(question.aggregate_type), event.__name__


def pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def translated(translations: Iterable[tuple[str, str]]) -> str:
    """Match the events that are translated; the empty source matches nothing, as none is empty."""
    pairs = [*translations] or [('""', '""')]
    sources, types = (dict.fromkeys(names) for names in zip(*pairs, strict=True))
    return "\n".join((flow("source", sources), flow("detail-type", types))) + "\n"


def replaced(template: str, part: str, content: str) -> str:
    """Put the content between the two lines that mark the part."""
    begin, end = MARKS[part]
    before, _, rest = template.partition(begin)
    return before + begin + content + end + rest.partition(end)[2]


def items(indent: int, values: Iterable[str]) -> str:
    return "\n".join(f"{' ' * indent}- {value}" for value in values)


def flow(key: str, values: Iterable[str]) -> str:
    """Return a key of the event pattern with its list, in as few lines as possible."""
    return fill(
        f"{key}: [{', '.join(values)}]",
        WIDTH,
        initial_indent=" " * 8,
        subsequent_indent=" " * 10,
        break_long_words=False,
        break_on_hyphens=False,
    )


def kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def main(arguments: Sequence[str]) -> int:
    template = ROOT / TEMPLATE
    before = template.read_text()
    try:
        after = text(before, (ROOT / GROUPS).read_text())
    except Faults as faults:
        sys.stderr.write(f"{faults}\n")
        return 1
    if "--check" not in arguments:
        template.write_text(after)
    elif after != before:
        sys.stderr.write(f"{TEMPLATE} is stale: run `make docs`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
