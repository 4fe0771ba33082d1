"""Bodies of requests: JSON in UTF-8, announced as such, and nothing that was guessed."""

import base64
import binascii
from collections.abc import Mapping
from email.message import Message
from typing import Any

from edge.http.refusals import UnsupportedContentType
from edge.http.strict_json import MalformedJson

JSON = "application/json"
UTF_8 = ("utf-8", "utf8")
# A gateway that passes text puts it in the place of bytes that are no UTF-8.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def check_announced(headers: Mapping[str, str]) -> None:
    """Raises `UnsupportedContentType`. The names of `headers` are in any case."""
    if not is_json(headers.get("content-type", "")):
        raise UnsupportedContentType(
            "The body must be JSON in UTF-8: send it with `Content-Type: application/json`."
        )
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise UnsupportedContentType("The body must not be compressed: send no Content-Encoding.")


def is_json(content_type: str) -> bool:
    """Tell whether a media type is JSON in UTF-8; its names and its charset are in any case."""
    announced = Message()
    announced["Content-Type"] = content_type
    (named, _), *parameters = announced.get_params([("", "")])
    charsets = [value for name, value in parameters if name.lower() == "charset"]
    return named.strip().lower() == JSON and all(
        isinstance(charset, str) and charset.strip().lower() in UTF_8 for charset in charsets
    )


def text_of(event: Mapping[str, Any]) -> str:
    """Return the text of the body. Raises `MalformedJson` for bytes that are no UTF-8."""
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        if REPLACEMENT in body:
            raise NOT_UTF_8
        return body
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise NOT_UTF_8 from None


NOT_UTF_8 = MalformedJson("The body is not text in UTF-8.")
