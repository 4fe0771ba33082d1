"""Data keys wrapped in this process: the twin of the KMS one, under the same contract."""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.privacy.subject_keys import NewKey

NONCE = 12  # bytes


class MemoryKeyWrapper:
    def __init__(self) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(256))

    def new_key(self, subject: str) -> NewKey:
        secret, nonce = os.urandom(32), os.urandom(NONCE)
        return NewKey(secret, nonce + self._cipher.encrypt(nonce, secret, subject.encode()))

    def unwrap(self, subject: str, wrapped: bytes) -> bytes:
        return self._cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], subject.encode())
