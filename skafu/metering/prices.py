"""The price list: dollars per million units, and assumptions where nothing can be counted."""

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Prices:
    """us-east-1, on demand, above the free tier; dollars per million units unless noted.

    Read from the services' public price pages (aws.amazon.com/<service>/pricing) on `date`.
    """

    date: str = "2026-11-21"
    region: str = "us-east-1"
    gateway_requests: float = 3.50  # REST API, first 333 million a month
    lambda_requests: float = 0.20
    lambda_gb_seconds: float = 13.3334  # arm64; x86_64 is 16.6667
    dynamodb_write_units: float = 0.625
    dynamodb_read_units: float = 0.125
    eventbridge_events: float = 1.00  # custom events, each 64 KB; delivery in the account is free
    sqs_requests: float = 0.40  # standard queue, each 64 KB
    appsync_operations: float = 4.00
    appsync_messages: float = 2.00  # to one subscriber; counted by 5 KB, to be on the safe side
    log_bytes: float = 0.0005  # CloudWatch Logs ingestion: $0.50 per GB
    kms_requests: float = 3.00
    step_functions_requests: float = 1.00  # Express, each execution; its duration is not counted
    stored_gb_month: float = 0.25  # dollars per GB and month, not per million
    # Assumed, in milliseconds: what a call takes inside AWS, and what our own code takes besides.
    dynamodb_call_ms: float = 5.0
    put_events_call_ms: float = 20.0
    appsync_call_ms: float = 25.0
    kms_call_ms: float = 10.0
    step_functions_call_ms: float = 20.0
    handler_ms: float = 5.0
    log_bytes_per_invocation: float = 1500.0  # our line, and Lambda's START, END and REPORT


PRICES = Prices()


def overridden(file: Path | None) -> Prices:
    """Return the list with a JSON file's prices in it. Raises `ValueError` for unknown names."""
    if file is None:
        return PRICES
    given = json.loads(file.read_text())
    known = {field.name for field in fields(Prices)}
    if unknown := sorted(given.keys() - known):
        raise ValueError(f"no price is called {', '.join(unknown)}; there are {', '.join(known)}")
    return replace(PRICES, **given)
