"""The client that a command came from, as the octets that are sealed into its commit.

They are deflated with a dictionary of common user agents: about 35 octets instead of 150, of the
1 024 in a write unit. The first octet names the form. It is a storage format: another dictionary
gets another number, and this one stays readable.
"""

import json
import zlib
from collections.abc import Mapping

from application.commit import canonical_json

FORM = b"\x01"
# What is likeliest stands last. Never change a character of it.
DICTIONARY = (
    b"python-requests/2.32.3 curl/8.5.0 Boto3/1.44.5 md/Botocore#1.44.5 "
    b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 "
    b"(X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0 (Windows NT 10.0; Win64; x64; rv:"
    b"(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15 "
    b"(Linux; Android 10; K) Mobile Safari/537.36 Edg/131.0.0.0"
    b'{"sourceIp":"192.168.","userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) '
    b'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"}'
)
RAW = -zlib.MAX_WBITS  # neither header nor checksum: the seal has a tag


def packed(client: Mapping[str, str]) -> bytes:
    deflate = zlib.compressobj(9, wbits=RAW, zdict=DICTIONARY)
    return FORM + deflate.compress(canonical_json(client).encode()) + deflate.flush()


def unpacked(octets: bytes) -> dict[str, str]:
    """Return the client. Raises `ValueError` for octets that `packed` did not make."""
    if octets[:1] != FORM:
        raise ValueError(f"form {octets[:1]!r} of a client is not known")
    inflate = zlib.decompressobj(RAW, zdict=DICTIONARY)
    try:
        client: dict[str, str] = json.loads(inflate.decompress(octets[1:]) + inflate.flush())
    except (zlib.error, ValueError) as error:
        raise ValueError("not a client") from error
    return client
