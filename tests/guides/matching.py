"""Compare what a command printed with what a guide shows.

White space does not count, `...` stands for anything, and an id or a time equals any other.
"""

import re

ELLIPSIS = re.compile(r"\.\.\.|…")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
TIME = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?"
VARYING = re.compile(f"({UUID})|({TIME})")


def matches(shown: str, printed: str) -> bool:
    """Return whether all of what was printed is what the guide shows."""
    return re.fullmatch(pattern(shown), squeezed(printed), re.DOTALL) is not None


def pattern(shown: str) -> str:
    return ".*?".join(exactly(part) for part in ELLIPSIS.split(squeezed(shown)))


def exactly(text: str) -> str:
    """Return a pattern for the text with any id and any time in the place of its own."""
    parts, end = [], 0
    for found in VARYING.finditer(text):
        parts += [re.escape(text[end : found.start()]), UUID if found[1] else TIME]
        end = found.end()
    return "".join((*parts, re.escape(text[end:])))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
