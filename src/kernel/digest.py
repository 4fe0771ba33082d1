"""What a state keeps of a large value: enough to tell whether another is the same."""

import hashlib
import json

DIGEST_LENGTH = 16  # hexadecimal digits: two of 2^32 values agree by chance


def digest(value: object) -> str:
    """Of a JSON value; empty for an empty one, so that a state at its default stores nothing."""
    if not value:
        return ""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]
