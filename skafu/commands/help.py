"""The help of the command line: its panels, and the examples at the end of each page.

Examples name what the domain has.
"""

from domain.contents import contents
from edge.commands.examples import aggregate_ids

USE = "Work with a system"
OPERATE = "Operate and repair a system"
MAINTAIN = "Maintain Skafu"

FIRST = contents.aggregates[0]
AN_ID = aggregate_ids(contents)[FIRST.aggregate_type]
AGGREGATE = f"{contents.first_creation.collection.strip('/')}/{AN_ID}"
COMMAND = contents.first_change.name
SAMPLE = f"events/command_api/{contents.first_creation.name.replace('-', '_')}.json"
A_FIELD = next(iter(contents.first_change.example.typical if contents.first_change.example else ()))


def examples(*lines: str) -> str:
    """Return the text below a command's options, a line for each example."""
    return "\n\n".join(["Examples:", *(f"  skafu {line}" for line in lines)])
