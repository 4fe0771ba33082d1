"""The comparison of OpenAPI documents by what they promise, not by how they are written."""

import json

from scripts.comparing.differences import Allowed, Differences, Json, differences
from scripts.trees import Tree

DESCRIBING = ("title", "summary", "description", "example", "examples")
NAMES = ("properties", "schemas", "paths", "headers", "responses", "content", "$defs")
"""Keywords of OpenAPI whose keys are names, not keywords."""


def openapi(before: Tree, after: Tree) -> Differences:
    one, other = (meaning(json.loads(tree.text(openapi_file(tree)))) for tree in (before, after))
    yield from differences(one, other, Allowed(same_ids=True))


def openapi_file(tree: Tree) -> str:
    return next(f for f in tree.under("docs", "/openapi.json"))


def meaning(document: Json) -> Json:
    """Return what an OpenAPI document promises: references resolved, descriptions left out."""
    security = document.get("components", {}).get("securitySchemes", {})
    rest = {name: value for name, value in document.items() if name != "components"}
    return resolved({**rest, "securitySchemes": security}, document, ())


def resolved(node: Json, document: Json, within: tuple[str, ...], names: bool = False) -> Json:
    """Return a node with its references resolved; `names`: its keys are names, not keywords."""
    if isinstance(node, list):
        return [resolved(part, document, within) for part in node]
    if not isinstance(node, dict):
        return node
    if not names and "$ref" in node:
        return referred(node, document, within)
    kept = {k: v for k, v in node.items() if names or k not in DESCRIBING}
    found = {k: resolved(v, document, within, not names and k in NAMES) for k, v in kept.items()}
    return found if names else in_one_order(found)


def referred(node: Json, document: Json, within: tuple[str, ...]) -> Json:
    reference = node["$ref"]
    if reference in within:
        return {"$ref": f"back to level {within.index(reference)}"}
    target = document
    for part in reference.removeprefix("#/").split("/"):
        target = target[part]
    beside = {name: value for name, value in node.items() if name != "$ref"}
    return resolved({**target, **beside}, document, (*within, reference))


def in_one_order(node: Json) -> Json:
    """Sort the lists whose order says nothing."""
    if isinstance(node.get("required"), list):
        node["required"] = sorted(node["required"])
    if isinstance(node.get("parameters"), list):
        node["parameters"] = {f"{p['in']} {p['name']}": p for p in node["parameters"]}
    return node
