"""A stack for what judges all other stacks."""

from tests.support.running import running, stack, stack_outputs

__all__ = ["running", "stack", "stack_outputs"]
