"""The rules by which the API may change: requests may be widened, answers extended."""

from collections.abc import Iterator, Mapping
from typing import Any

from skafu.contract.breaks import Break, reader_breaks, unique, writer_breaks
from skafu.contract.narrowing import Json, Schema

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

KEEP = (
    "Keep it, marked deprecated, and add what replaces it beside it; clients come over one by one."
)
WIDEN = "Let requests of before pass: make what is new optional, and keep what it was by default."
EXTEND = "Answer as before, and put what is new into a field of its own."


def api_breaks(released: Json, today: Json) -> Iterator[Break]:
    """Yield the reasons why a client of the released OpenAPI document would fail."""
    for path, item in released["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            name = f"{method.upper()} {path}"
            now = today["paths"].get(path, {}).get(method)
            if now is None:
                yield Break(name, "is gone", KEEP)
            else:
                yield from Operation(name, item[method], now, released, today).breaks()


class Operation:
    """One operation as it was released and as it is, each within its document."""

    def __init__(
        self, name: str, released: Json, today: Json, before: Json, document: Json
    ) -> None:
        self.name = name
        self.released, self.today = released, today
        self.before, self.document = before, document

    def breaks(self) -> Iterator[Break]:
        if self.released.get("operationId") != self.today.get("operationId"):
            yield Break(self.name, "has another operationId", "Generated clients call it by name.")
        yield from self._security()
        yield from self._parameters()
        yield from self._body()
        yield from self._answers()

    def _security(self) -> Iterator[Break]:
        """Each way of signing in that sufficed suffices still."""
        had, has = (
            operation.get("security", document.get("security", []))
            for operation, document in (
                (self.released, self.before),
                (self.today, self.document),
            )
        )
        lost = [way for way in had or [{}] if has and way not in has]
        for way in lost:
            ways = " and ".join(way) or "being nobody"
            yield Break(self.name, f"is no longer open to {ways}", KEEP)

    def _parameters(self) -> Iterator[Break]:
        had = parameters(self.released, self.before)
        has = parameters(self.today, self.document)
        for key, parameter in had.items():
            now = has.get(key)
            if now is None:
                yield Break(self.name, f"{said(key)} is gone", KEEP)
                continue
            if now.get("required") and not parameter.get("required"):
                yield Break(self.name, f"{said(key)} is required now", WIDEN)
            yield from self._read(said(key), parameter.get("schema", {}), now.get("schema", {}))
        for key in has.keys() - had.keys():
            if has[key].get("required"):
                yield Break(self.name, f"{said(key)} is new and required", WIDEN)

    def _body(self) -> Iterator[Break]:
        had, has = (o.get("requestBody", {}) for o in (self.released, self.today))
        if has.get("required") and not had.get("required"):
            yield Break(self.name, "the request body is required now", WIDEN)
        for media, content in had.get("content", {}).items():
            now = has.get("content", {}).get(media)
            if now is None:
                yield Break(self.name, f"no longer takes {media}", KEEP)
            else:
                yield from self._read("request", content.get("schema", {}), now.get("schema", {}))

    def _read(self, where: str, released: Json, today: Json) -> Iterator[Break]:
        before, now = Schema(released, self.before), Schema(today, self.document)
        for what in unique(reader_breaks(before, now)):
            yield Break(self.name, f"{where}: {what}", WIDEN)

    def _answers(self) -> Iterator[Break]:
        for status, written in self.released["responses"].items():
            if status not in self.today["responses"]:
                yield Break(self.name, f"answer {status} is gone", EXTEND)
                continue
            answer = resolved(written, self.before)
            now = resolved(self.today["responses"][status], self.document)
            for header in answer.get("headers", {}).keys() - now.get("headers", {}).keys():
                yield Break(self.name, f"answer {status}: header {header} is gone", EXTEND)
            yield from self._contents(status, answer, now)

    def _contents(self, status: str, answer: Json, now: Json) -> Iterator[Break]:
        for media, content in answer.get("content", {}).items():
            found = now.get("content", {}).get(media)
            if found is None:
                yield Break(self.name, f"answer {status} is no longer {media}", EXTEND)
                continue
            before = Schema(content.get("schema", {}), self.before)
            after = Schema(found.get("schema", {}), self.document)
            for what in unique(writer_breaks(before, after)):
                yield Break(self.name, f"answer {status}: {what}", EXTEND)


Key = tuple[str, str]


def parameters(operation: Mapping[str, Any], document: Json) -> dict[Key, Mapping[str, Any]]:
    """Return the parameters by place and name; names of headers in lower case."""
    written = (resolved(parameter, document) for parameter in operation.get("parameters", ()))
    return {(p["in"], p["name"].lower() if p["in"] == "header" else p["name"]): p for p in written}


def resolved(part: Json, document: Json) -> Json:
    """A parameter or an answer, which may stand in `components`."""
    if "$ref" not in part:
        return part
    _, section, name = part["$ref"].removeprefix("#/").split("/")
    return document["components"][section][name]


def said(key: Key) -> str:
    return f"{key[0]} parameter {key[1]}"
