"""Sealing: encrypt a value of a person, so that only the person's key opens it.

The form `s1:<base64url of nonce, ciphertext, tag>` is AES-256-GCM with the subject as associated
data. It is a storage format: another algorithm gets another number, and this one stays readable.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from application.failures import Unreadable
from application.privacy.subject_keys import SubjectKey, SubjectKeys
from kernel.personal import SealedValue

PREFIX = "s1:"
NONCE = 12  # bytes; random: 2**32 values under one key are far more than a person leaves
FORGOTTEN = "[forgotten]"
UNREADABLE = "[unreadable]"


class SealBroken(Unreadable):
    """The value was sealed under another key or for another subject, or it was changed."""


@dataclass(frozen=True)
class Sealer:
    """Seals and opens values of subjects, with their present keys."""

    keys: SubjectKeys

    def seal(self, subject: str, value: str) -> SealedValue:
        """Seal a text. Raises `SubjectIsForgotten` and `Unavailable`."""
        key = self.keys.to_seal(subject)
        octets = seal_octets(key, value.encode())
        text = PREFIX + base64.urlsafe_b64encode(octets).decode().rstrip("=")
        return SealedValue(text, fingerprint(key, value))

    def seal_octets(self, subject: str, value: bytes) -> bytes:
        """Seal a binary value. Raises `SubjectIsForgotten` and `Unavailable`."""
        return seal_octets(self.keys.to_seal(subject), value)

    def open(self, subject: str, sealed: SealedValue) -> str | None:
        """Return the text, or `None` once the subject is forgotten.

        Raises `SealBroken` and `Unavailable`.
        """
        body = sealed.text.removeprefix(PREFIX)
        octets = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        opened = self.open_octets(subject, octets)
        return None if opened is None else opened.decode()

    def open_octets(self, subject: str, octets: bytes) -> bytes | None:
        """Return the value, or `None` once the subject is forgotten.

        Raises `SealBroken` and `Unavailable`.
        """
        key = self.keys.to_open(subject)
        return None if key is None else open_octets(key, octets)


def seal_octets(key: SubjectKey, value: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + _cipher(key.secret).encrypt(nonce, value, key.subject.encode())


def open_octets(key: SubjectKey, octets: bytes) -> bytes:
    nonce, sealed = octets[:NONCE], octets[NONCE:]
    try:
        return _cipher(key.secret).decrypt(nonce, sealed, key.subject.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(key.subject) from error


def fingerprint(key: SubjectKey, value: str) -> str:
    """Return an HMAC: equal for equal values of a subject, and useless without the key."""
    mac = hmac.new(_derived(key.secret, b"skafu fingerprint 1"), value.encode(), hashlib.sha256)
    return mac.hexdigest()


def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(_derived(secret, b"skafu seal 1"))


def _derived(secret: bytes, use: bytes) -> bytes:
    """Derive a key for one use, so that neither reveals anything of the other (RFC 5869)."""
    return HKDFExpand(SHA256(), length=32, info=use).derive(secret)
