"""Cognito: a new user has the id that its `ClientMetadata` names, so that samples can name users.

Stock MiniStack gives every user an id by chance, as AWS does.
"""

from contextvars import ContextVar
from typing import Any

from local.emulator.patching import Function, replace
from local.emulator.upstream import Untyped, cognito

_wanted: ContextVar[str | None] = ContextVar("wanted_sub", default=None)


def create_user(original: Function) -> Function:
    def run(data: dict[str, Any]) -> Untyped:
        token = _wanted.set((data.get("ClientMetadata") or {}).get("sub"))
        try:
            return original(data)
        finally:
            _wanted.reset(token)

    return run


def new_uuid(original: Function) -> Function:
    return lambda: _wanted.get() or original()


def apply() -> None:
    replace(cognito, "_admin_create_user", "b6be9f9333ac", create_user)
    cognito.new_uuid = new_uuid(cognito.new_uuid)
