"""All patches. Each module says what stock MiniStack does instead; docs/local-stack.md lists them
with their tests.
"""

from local.emulator.patches import (
    buckets,
    cloudformation,
    events,
    executions,
    firewall,
    functions,
    gateway,
    metrics,
    pools,
    queues,
    reads,
    restarts,
    signatures,
    starts,
    state,
    streams,
    tables,
    tokens,
    workflows,
)

EVERY = (
    buckets,
    cloudformation,
    events,
    executions,
    firewall,
    functions,
    gateway,
    metrics,
    pools,
    queues,
    reads,
    restarts,
    signatures,
    starts,
    state,
    streams,
    tables,
    tokens,
    workflows,
)


def apply() -> None:
    """Patch MiniStack, or raise PatchTargetChanged and change nothing that matters: the emulator
    then does not start.
    """
    for patch in EVERY:
        patch.apply()
