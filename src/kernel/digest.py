"""Digests: a state keeps one of a large value, enough to tell whether another value equals it."""

import hashlib
import json

DIGEST_LENGTH = 16  # hexadecimal digits: about 2^32 values have to meet for two to agree by chance


def digest(value: object) -> str:
    """Return the digest of a JSON value; that of an empty value is empty and takes no space."""
    if not value:
        return ""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]
