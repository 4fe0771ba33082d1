"""One stack for the whole suite, with ports and data of its own."""

from tests.support.running import running, stack, stack_outputs

__all__ = ["running", "stack", "stack_outputs"]
