"""Spans of traces: what each part does, below what caused it, across streams, buses and queues.

Commits and the events on the bus carry the `traceparent` of their command (W3C Trace Context).
Nothing is recorded unless something beside the code does that: the ADOT layer on AWS, the emulator
here. Then a `traceparent` goes through unchanged.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from application.capacity import Units, counting

ERROR, READ_UNITS, WRITE_UNITS = "error", "read_units", "write_units"
HEADER = "traceparent"
Attributes = Mapping[str, str | int]
NOTHING: Attributes = {}
Cause = str | None
"""The `traceparent` of what caused a span."""

_tracer = trace.get_tracer("skafu")
_w3c = TraceContextTextMapPropagator()
_cause_found: ContextVar[Callable[[Cause], None]] = ContextVar(
    "what takes the cause of the current work", default=lambda _: None
)


def current() -> Cause:
    """Return the `traceparent` of the current span, for what it causes elsewhere."""
    carrier: dict[str, str] = {}
    _w3c.inject(carrier)
    return carrier.get(HEADER)


@contextmanager
def span(
    name: str,
    cause: Cause = None,
    attributes: Attributes = NOTHING,
    *,
    also: Iterable[Cause] = (),
    begun: int | None = None,
) -> Iterator[Span]:
    """Record the work within, below its cause or else below the current span.

    `also` are further causes, `begun` is the time in epoch nanoseconds. Of an error the class is
    recorded alone, as its text may quote what was sent.
    """
    with (
        _tracer.start_as_current_span(
            name,
            context=_context(cause),
            links=_links(also),
            attributes=attributes,
            start_time=begun,
            record_exception=False,
            set_status_on_exception=False,
        ) as found,
        _judged(found),
    ):
        yield found


@contextmanager
def spans(name: str, causes: Iterable[tuple[Cause, Attributes]]) -> Iterator[None]:
    """Record the work within once below each of its causes; what it calls is below none of them."""
    begun = [
        _tracer.start_span(name, context=_context(cause), attributes=attributes)
        for cause, attributes in causes
    ]
    try:
        yield
    finally:
        for one in begun:
            one.end()


@contextmanager
def caused_later(name: str, attributes: Attributes = NOTHING) -> Iterator[None]:
    """Record the work within from its begin on, once it says by `caused_by` what caused it."""
    begun, stack = time.time_ns(), ExitStack()

    def take(cause: Cause) -> None:
        if not found:
            found.append(stack.enter_context(span(name, cause, attributes, begun=begun)))

    found: list[Span] = []
    token = _cause_found.set(take)
    try:
        with stack:
            yield
    finally:
        _cause_found.reset(token)


def caused_by(cause: Cause) -> None:
    """Say what caused the current work, as soon as that is known."""
    _cause_found.get()(cause)


def _context(cause: Cause) -> Context | None:
    return _w3c.extract({HEADER: cause}) if cause else None


def _links(causes: Iterable[Cause]) -> list[Link]:
    contexts = (_context(cause) for cause in causes)
    found = (trace.get_current_span(context).get_span_context() for context in contexts if context)
    return [Link(context) for context in found if context.is_valid]


@contextmanager
def _judged(found: Span) -> Iterator[None]:
    """Record how the work ends, and the units of DynamoDB that it takes."""
    units = Units()
    try:
        with counting(units):
            yield
    except Exception as error:
        found.set_attribute(ERROR, type(error).__name__)
        raise
    finally:
        for name, value in ((READ_UNITS, units.read), (WRITE_UNITS, units.write)):
            if value:
                found.set_attribute(name, value)
