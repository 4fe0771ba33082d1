"""S3: a function signs URLs with its own key.

Stock MiniStack does not know the keys of functions (environments.access_key) and answers a URL that
one has signed with 403.
"""

from local.emulator.environments import DEFAULT_ACCOUNT, KEY_PREFIX
from local.emulator.patching import Function, replace
from local.emulator.upstream import Untyped, s3


def resolve_credential(original: Function) -> Function:
    """Take the key of a function for that of the account."""

    def run(key: str, *rest: Untyped) -> Untyped:
        return original(DEFAULT_ACCOUNT if key.startswith(KEY_PREFIX) else key, *rest)

    return run


def apply() -> None:
    replace(s3, "resolve_credential", "32276bd395ef", resolve_credential)
