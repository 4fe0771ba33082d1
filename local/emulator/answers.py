"""What Step Functions answers to requests that it refuses, and how it measures data."""

import json

from local.emulator.upstream import Untyped, stepfunctions

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAX_BYTES = 262_144


def refused(code: str, message: str) -> Untyped:
    return stepfunctions.error_response_json(code, message, 400)


def fits(value: object) -> bool:
    """Tell if a state may take or return a value."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) <= MAX_BYTES


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
