"""The help of the command line: its panels, and the examples at the end of each page.

Examples name what the domain has; the domain is read only when a page is shown.
"""

from functools import cache

USE = "Work with a system"
OPERATE = "Operate and repair a system"
MAINTAIN = "Maintain Skafu"


def examples(*lines: str) -> str:
    """Return the text below a command's options, a line for each example.

    `{AGGREGATE}`, `{COMMAND}`, `{MODEL}`, `{PROJECTION}`, `{SAMPLE}` and `{A_FIELD}` stand for
    names of the domain.
    """
    named = (line.format_map(names()) if "{" in line else line for line in lines)
    return "\n\n".join(["Examples:", *(f"  skafu {line}" for line in named)])


@cache
def names() -> dict[str, str]:
    from domain.contents import contents
    from edge.commands.examples import aggregate_ids

    creation, change = contents.first_creation, contents.first_change
    first = aggregate_ids(contents)[contents.aggregates[0].aggregate_type]
    typical = change.example.typical if change.example else ()
    return {
        "AGGREGATE": f"{creation.collection.strip('/')}/{first}",
        "COMMAND": change.name,
        "MODEL": contents.projections[0].head_model,
        "PROJECTION": contents.projections[0].name,
        "SAMPLE": f"events/command_api/{creation.name.replace('-', '_')}.json",
        "A_FIELD": next(iter(typical)),
    }
