"""Texts of users: what a name must not contain, and when two names are the same."""

import re
import unicodedata

# C1 controls, and characters that turn the direction of the text after them.
MISLEADING = re.compile(r"[\x80-\x9f\u202a-\u202e\u2066-\u2069]")
LINE_ENDS = re.compile(r"[\u2028\u2029]")

# What Unicode calls Default_Ignorable_Code_Point: nothing is drawn for them.
UNDRAWN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
IGNORED = re.compile(f"[{UNDRAWN}]")
# The last one is a pattern of Braille without a dot.
NOTHING_TO_SEE = re.compile(rf"[{UNDRAWN}\s\x00-\x1f\x7f-\x9f\u2800]*")


def honest(text: str) -> str:
    """Return the text. Raises `ValueError` if it is shown as something other than it says."""
    if MISLEADING.search(text):
        raise ValueError("contains control characters")
    return text


def one_line(text: str) -> str:
    """Return the text. Raises `ValueError` if it has lines, or is not honest."""
    if LINE_ENDS.search(text):
        raise ValueError("contains ends of lines")
    return honest(text)


def visible(text: str) -> str:
    """Return the text. Raises `ValueError` if nobody can see it."""
    if NOTHING_TO_SEE.fullmatch(text):
        raise ValueError("has no visible character")
    return text


def readable(text: str) -> str:
    """Return the text with a replacement character in the place of each misleading one."""
    return MISLEADING.sub("\ufffd", text)


def quotable(text: str) -> str:
    """Return the text as a sentence can quote it: nothing in it is obeyed, or turns a direction."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def presentable(text: str, longest: int) -> str:
    """Return what can be stored and shown of a text from elsewhere; nothing if there is nothing.

    Errors quote what others wrote, and what they are recorded in has to be recorded all the same.
    """
    whole = text.encode(errors="replace").decode().replace("\0", " ")
    shown = readable(whole).strip()[:longest].rstrip()
    return "" if NOTHING_TO_SEE.fullmatch(shown) else shown


def normal(text: str) -> str:
    """Return the normal form NFC, in which texts are compared.

    Unicode has several ways to write one character: `é`, or `e` and an accent.
    """
    return unicodedata.normalize("NFC", text)


def alike(name: str) -> str:
    """Return what two names have in common if people take them for the same.

    The same characters, however they are written, in either case, without those that are not drawn;
    a browser draws several spaces as one.
    """
    drawn = IGNORED.sub("", unicodedata.normalize("NFD", name))
    return normal(" ".join(drawn.casefold().split()))
