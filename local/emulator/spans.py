"""Records the spans of a function in a file, a line of JSON each, as the ADOT layer sends them on.

The process of a function loads this file when the emulator says where spans go. It needs the API of
OpenTelemetry alone, which every function has: no SDK, whose import takes longer.
"""

import json
import os
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanContext, TraceFlags
from opentelemetry.util._decorator import _agnosticcontextmanager
from opentelemetry.util.types import Attributes

MOST_BYTES = 64 * 2**20
"""When the file has grown beyond it, it begins anew."""


class Spans:
    """The file, which several processes append to."""

    def __init__(self, path: str, function: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._function = function

    def write(self, fields: Mapping[str, Any]) -> None:
        line = json.dumps({"function": self._function, **fields}, default=str) + "\n"
        if os.fstat(self._file).st_size > MOST_BYTES:
            os.ftruncate(self._file, 0)
        os.write(self._file, line.encode())


class RecordedSpan(Span):
    """One span; it is written when it ends."""

    def __init__(
        self,
        spans: Spans,
        name: str,
        parent: SpanContext | None,
        attributes: Mapping[str, Any],
        links: Sequence[Link],
        begun: int,
    ) -> None:
        self._spans, self._name, self._parent = spans, name, parent
        self._attributes, self._links, self._begun = dict(attributes), links, begun
        trace_id = parent.trace_id if parent else random.getrandbits(128)
        sampled = TraceFlags(TraceFlags.SAMPLED)
        self._context = SpanContext(trace_id, random.getrandbits(64), False, sampled)
        self._ended = False

    def end(self, end_time: int | None = None) -> None:
        if self._ended:
            return
        self._ended = True
        self._spans.write(
            {
                "trace": trace.format_trace_id(self._context.trace_id),
                "span": trace.format_span_id(self._context.span_id),
                "parent": self._parent and trace.format_span_id(self._parent.span_id),
                "remote": self._parent is None or self._parent.is_remote,
                "name": self._name,
                "start": self._begun,
                "end": end_time or time.time_ns(),
                "links": [trace.format_span_id(link.context.span_id) for link in self._links],
                "attributes": self._attributes,
            }
        )

    def get_span_context(self) -> SpanContext:
        return self._context

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        self._attributes.update(attributes)

    def set_attribute(self, key: str, value: Any) -> None:  # noqa: ANN401 - the API's own signature
        self._attributes[key] = value

    def update_name(self, name: str) -> None:
        self._name = name

    def is_recording(self) -> bool:
        return not self._ended

    def add_event(self, *_: object, **__: object) -> None:
        """Events are not kept: nothing of ours adds one."""

    def set_status(self, *_: object, **__: object) -> None:
        """The attribute `error` tells it."""

    def record_exception(self, *_: object, **__: object) -> None:
        """An exception may quote what was sent."""


class Tracer(trace.Tracer):
    """Begins spans below the current one, or that of the context."""

    def __init__(self, spans: Spans) -> None:
        self._spans = spans

    def start_span(  # the API's own signature, of which this much is used
        self,
        name: str,
        context: Context | None = None,
        kind: trace.SpanKind = trace.SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> Span:
        found = trace.get_current_span(context).get_span_context()
        parent = found if found.is_valid else None
        begun = start_time or time.time_ns()
        return RecordedSpan(self._spans, name, parent, attributes or {}, links or (), begun)

    @_agnosticcontextmanager
    def start_as_current_span(
        self,
        name: str,
        context: Context | None = None,
        kind: trace.SpanKind = trace.SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
        end_on_exit: bool = True,
    ) -> Iterator[Span]:
        begun = self.start_span(name, context, kind, attributes, links, start_time)
        with trace.use_span(
            begun, end_on_exit=True, record_exception=False, set_status_on_exception=False
        ) as span:
            yield span


class Provider(trace.TracerProvider):
    def __init__(self, spans: Spans) -> None:
        self._tracer = Tracer(spans)

    def get_tracer(self, *_: object, **__: object) -> trace.Tracer:
        return self._tracer


def record(path: str, function: str) -> None:
    """Let all spans of this process end in the file."""
    trace.set_tracer_provider(Provider(Spans(path, function)))
