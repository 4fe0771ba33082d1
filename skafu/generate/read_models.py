"""Rows of the read models and GraphQL documents, from Amplify's SDL.

Nothing here imports the domain: its projections import what is generated here.
"""

from collections.abc import Callable
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    get_named_type,
)

ROOT = Path(__file__).resolve().parents[2]
SDL = ROOT / "amplify" / "generated" / "schema.graphql"

# What AppSync adds to every schema by itself.
PRELUDE = """
scalar AWSDate scalar AWSTime scalar AWSDateTime scalar AWSTimestamp scalar AWSEmail
scalar AWSJSON scalar AWSURL scalar AWSPhone scalar AWSIPAddress
directive @aws_iam on OBJECT | FIELD_DEFINITION
directive @aws_cognito_user_pools(cognito_groups: [String]) on OBJECT | FIELD_DEFINITION
directive @aws_api_key on OBJECT | FIELD_DEFINITION
directive @aws_oidc on OBJECT | FIELD_DEFINITION
directive @aws_lambda on OBJECT | FIELD_DEFINITION
directive @aws_subscribe(mutations: [String]) on FIELD_DEFINITION
directive @aws_auth(cognito_groups: [String]) on OBJECT | FIELD_DEFINITION
"""
PYTHON_TYPES = {"Int": "int", "Float": "float", "Boolean": "bool", "AWSJSON": "JsonValue"}


def amplify_schema() -> GraphQLSchema:
    return build_schema(PRELUDE + SDL.read_text(), assume_valid=True)


def models(schema: GraphQLSchema) -> list[GraphQLObjectType]:
    """The read models: types that carry a checkpoint."""
    return [
        graphql_type
        for graphql_type in schema.type_map.values()
        if isinstance(graphql_type, GraphQLObjectType)
        and "projectionVersion" in graphql_type.fields
    ]


def own_fields(model: GraphQLObjectType) -> dict[str, GraphQLOutputType]:
    """All fields but relations, which AppSync redacts in what subscribers get."""
    return {
        name: field.type
        for name, field in model.fields.items()
        if not isinstance(get_named_type(field.type), GraphQLObjectType)
    }


def rows() -> str:
    schema = amplify_schema()
    enums = {
        named.name: named
        for model in models(schema)
        for graphql_type in own_fields(model).values()
        if isinstance(named := get_named_type(graphql_type), GraphQLEnumType)
    }
    return (
        "\n\n\n".join(
            [
                '"""Rows of the read models, from Amplify\'s SDL. Generated: `make docs`."""\n\n'
                "from dataclasses import dataclass\nfrom enum import StrEnum\n\n"
                "from pydantic import JsonValue",
                *map(enum_class, enums.values()),
                *map(row_class, models(schema)),
                row_classes(models(schema)),
                json_fields(models(schema)),
            ]
        )
        + "\n"
    )


def enum_class(enum: GraphQLEnumType) -> str:
    members = (f'    {name} = "{name}"' for name in enum.values)
    return "\n".join([f"class {enum.name}(StrEnum):", *members])


def row_class(model: GraphQLObjectType) -> str:
    lines = (
        f"    {snake(name)}: {python_type(graphql_type)}{default(graphql_type)}"
        for name, graphql_type in own_fields(model).items()
    )
    decorator = "@dataclass(frozen=True, slots=True, kw_only=True)"
    return "\n".join([decorator, f"class {model.name}Row:", *lines])


def row_classes(found: list[GraphQLObjectType]) -> str:
    lines = (f'    "{model.name}": {model.name}Row,' for model in found)
    return "\n".join(["ROW_CLASSES: dict[str, type] = {", *lines, "}"])


def json_fields(found: list[GraphQLObjectType]) -> str:
    """The fields of each model that AppSync wants, and gives, as JSON in a string."""
    lines = (f"    {model.name!r}: frozenset({json_names(model)})," for model in found)
    head = "JSON_FIELDS: dict[str, frozenset[str]] = {"
    return "\n".join([head, *lines, "}"]).replace("'", '"')


def json_names(model: GraphQLObjectType) -> list[str]:
    fields = own_fields(model).items()
    return sorted(snake(name) for name, kind in fields if get_named_type(kind).name == "AWSJSON")


def python_type(graphql_type: GraphQLOutputType) -> str:
    if not isinstance(graphql_type, GraphQLNonNull):
        return f"{bare_type(graphql_type)} | None"
    return bare_type(graphql_type.of_type)


def bare_type(graphql_type: GraphQLOutputType) -> str:
    if isinstance(graphql_type, GraphQLList):
        return f"tuple[{python_type(graphql_type.of_type)}, ...]"
    named = get_named_type(graphql_type)
    fallback = "str" if isinstance(named, GraphQLScalarType) else named.name
    return PYTHON_TYPES.get(named.name, fallback)


def default(graphql_type: GraphQLOutputType) -> str:
    return "" if isinstance(graphql_type, GraphQLNonNull) else " = None"


def snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def documents() -> str:
    schema = amplify_schema()
    names = {model.name for model in models(schema)}
    parts = [
        '"""Documents for every read model, from Amplify\'s SDL. Generated: `make docs`.\n\n'
        "Each selects all fields but relations: subscribers get what the mutation selected.\n"
        '"""'
    ]
    for name in sorted(names):
        model = schema.type_map[name]
        assert isinstance(model, GraphQLObjectType)
        parts += [mutation(schema, verb, model) for verb in ("create", "update")]
    parts += [query(schema, name) for name in queries(schema)]
    return "\n\n".join([*parts, lists(schema), shown(schema)]) + "\n"


def queries(schema: GraphQLSchema) -> list[str]:
    """The queries of rows that Amplify generates; what else is asked for, such as an address, is no
    row, and queries with resolvers of our own are for clients of the API."""
    found = dict(schema.query_type.fields if schema.query_type else {})
    gets = {f"get{model.name}" for model in models(schema)}
    return [name for name, field in found.items() if name in gets or is_generated_page(field.type)]


def is_generated_page(answer: GraphQLOutputType) -> bool:
    page = get_named_type(answer)
    return page.name.startswith("Model") and "items" in getattr(page, "fields", {})


def lists(schema: GraphQLSchema) -> str:
    """The document that lists all rows of a model; lists by an index have longer names."""
    names: dict[str, str] = {}
    for name in sorted(queries(schema), key=len):
        if name.startswith("list"):
            names.setdefault(item_of(schema, name).name, name)
    lines = (f'    "{model}": {snake(name).upper()},' for model, name in sorted(names.items()))
    return "\n".join(["LISTS = {", *lines, "}"])


def shown(schema: GraphQLSchema) -> str:
    """The model of the rows that each query shows."""
    models = {name: model_of(schema, name).name for name in queries(schema)}
    lines = (f'    {snake(name).upper()}: "{model}",' for name, model in models.items())
    return "\n".join(["MODELS = {", *lines, "}"])


def mutation(schema: GraphQLSchema, verb: str, model: GraphQLObjectType) -> str:
    assert schema.mutation_type is not None
    return document(schema.mutation_type, f"{verb}{model.name}", "mutation", model, listed=False)


def query(schema: GraphQLSchema, name: str) -> str:
    assert schema.query_type is not None
    answer = get_named_type(schema.query_type.fields[name].type)
    model = model_of(schema, name)
    return document(schema.query_type, name, "query", model, listed=answer is not model)


def model_of(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    """Return the type of the rows of a query: of one row, or of those on a page."""
    assert schema.query_type is not None
    answer = get_named_type(schema.query_type.fields[name].type)
    assert isinstance(answer, GraphQLObjectType)
    # One row, whatever its fields are called.
    return answer if answer in models(schema) else item_of(schema, name)


def item_of(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    """Return the type of what the list of this name holds."""
    assert schema.query_type is not None
    page = get_named_type(schema.query_type.fields[name].type)
    assert isinstance(page, GraphQLObjectType)
    item = get_named_type(page.fields["items"].type)
    assert isinstance(item, GraphQLObjectType)
    return item


def document(
    parent: GraphQLObjectType, name: str, kind: str, item: GraphQLObjectType, *, listed: bool
) -> str:
    arguments = parent.fields[name].args
    selection = " ".join(own_fields(item))
    body = f"items {{ {selection} }} nextToken" if listed else selection
    lines = [
        f'{snake(name).upper()} = """',
        f"{kind} {name[0].upper()}{name[1:]}(",
        *(f"  ${argument}: {arguments[argument].type}" for argument in arguments),
        ") {",
        f"  {name}(",
        *(f"    {argument}: ${argument}" for argument in arguments),
        "  ) {",
        *wrapped(body),
        '  }\n}\n"""',
    ]
    return "\n".join(lines)


def wrapped(selection: str, width: int = 90) -> list[str]:
    lines, line = [], "   "
    for word in selection.split():
        if len(line) + len(word) > width:
            lines.append(line)
            line = "   "
        line += f" {word}"
    return [*lines, line]


GENERATED: dict[str, Callable[[], str]] = {
    "src/projections/generated/rows.py": rows,
    "src/projections/generated/documents.py": documents,
}
