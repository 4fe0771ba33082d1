"""The stack of the tests that look for tampering (tests/integration/verified)."""

from tests.integration.verified.conftest import running, stack, stack_outputs

__all__ = ["running", "stack", "stack_outputs"]
