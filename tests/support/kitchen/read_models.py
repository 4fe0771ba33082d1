"""The kitchen's read models, as Amplify's schema would have them: rows and documents."""

from dataclasses import dataclass, fields
from enum import StrEnum

from pydantic import JsonValue
from pydantic.alias_generators import to_camel, to_snake

from kernel.contents import ReadModels
from tests.support.kitchen.commands import Material


class TeapotStatus(StrEnum):
    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"
    DELETED = "DELETED"


class PartStatus(StrEnum):
    ACTIVE = "ACTIVE"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeapotRow:
    id: str
    name: str
    description: str | None = None
    status: TeapotStatus
    user_id: str
    owner: str | None = None
    part_count: int
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    id: str
    teapot_id: str
    name: str
    material: Material
    details: JsonValue | None = None
    status: PartStatus
    user_id: str
    owner: str | None = None
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCheckpointRow:
    id: str
    part_ids: tuple[str, ...]
    version: int
    projection_version: int
    created_at: str
    updated_at: str


ROWS: dict[str, type] = {
    "Teapot": TeapotRow,
    "Part": PartRow,
    "PartCheckpoint": PartCheckpointRow,
}


def selection(model: str) -> str:
    return " ".join(to_camel(one.name) for one in fields(ROWS[model]))


def reading(model: str) -> str:
    return f"query Get{model}($id: ID!) {{ get{model}(id: $id) {{ {selection(model)} }} }}"


def writing(verb: str, model: str) -> str:
    given = "input: $input, condition: $condition"
    types = f"$input: Input!, $condition: Condition{model}"
    field = f"{verb}{model}({given}) {{ {selection(model)} }}"
    return f"mutation {verb.title()}{model}({types}) {{ {field} }}"


def listing(field: str, model: str, key: str) -> str:
    given = f"{key}: ${key}, filter: $filter, sortDirection: $sortDirection, limit: $limit"
    types = f"${key}: ID!, $filter: F, $sortDirection: D, $limit: Int, $nextToken: String"
    rows = f"items {{ {selection(model)} }} nextToken"
    return f"query List({types}) {{ {field}({given}, nextToken: $nextToken) {{ {rows} }} }}"


GET_TEAPOT = reading("Teapot")
TEAPOTS_BY_USER = listing("teapotsByUser", "Teapot", "userId")
TEAPOTS_BY_STATUS = listing("teapotsByStatus", "Teapot", "status")
PARTS_BY_TEAPOT = listing("partsByTeapot", "Part", "teapotId")

READ_MODELS = ReadModels(
    documents={
        **{f"GET_{to_snake(model).upper()}": reading(model) for model in ROWS},
        **{
            f"{verb}_{to_snake(model)}".upper(): writing(verb, model)
            for model in ROWS
            for verb in ("create", "update")
        },
    },
    lists={model: listing(f"list{model}s", model, "id") for model in ROWS},
    models={
        **{reading(model): model for model in ROWS},
        TEAPOTS_BY_USER: "Teapot",
        TEAPOTS_BY_STATUS: "Teapot",
        PARTS_BY_TEAPOT: "Part",
    },
    rows=ROWS,
    json_fields={
        "Teapot": frozenset(),
        "Part": frozenset(["details"]),
        "PartCheckpoint": frozenset(),
    },
)
