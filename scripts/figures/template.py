"""Hand-written lines of the template per read-model group."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from local.template import CloudFormationLoader
from scripts.trees import Tree

# Markers of the template's generated section: a comment with "generated" that names the file or
# the target which it comes from, and one with "end" and "generated".
BEGIN = re.compile(r"\s*#(?!.*\bend\b).*\bgenerated\b.*(?:make docs|\.ya?ml)", re.IGNORECASE)
END = re.compile(r"\s*#.*\bend\b.*\bgenerated\b", re.IGNORECASE)
SOURCE = re.compile(r"[\w./-]+\.ya?ml")
PROJECTOR = "Projector"


def template_lines(tree: Tree) -> dict[str, int]:
    """Count the hand-written lines per read-model group: its resources, or its entry in the file
    from which the template's section is generated.
    """
    text = tree.text("template.yaml")
    return {
        group: hand_written(text, group) + sum(entry_lines(t, group) for t in entries(tree, text))
        for group in groups(text)
    }


def groups(template: str) -> list[str]:
    """Name the groups after their projectors, which the template has either way."""
    resources = yaml.load(template, CloudFormationLoader)["Resources"]
    names = (name for name, resource in resources.items() if is_function(resource))
    return [name.removesuffix(PROJECTOR) for name in names if name.endswith(PROJECTOR)]


def is_function(resource: Mapping[str, str]) -> bool:
    return resource["Type"] == "AWS::Serverless::Function"


def hand_written(template: str, group: str) -> int:
    """Count lines outside generated sections, in the group's resources or with their names."""
    lines, generated = template.splitlines(), generated_lines(template)
    inside = {n for block in own_blocks(template, group) for n in block}
    named = re.compile(rf"\b{group}(?:Rule|Queue|Dlq|{PROJECTOR})\w*")
    return sum(
        bool(line.strip()) and n not in generated and (n in inside or bool(named.search(line)))
        for n, line in enumerate(lines)
    )


def generated_lines(template: str) -> set[int]:
    """Return the numbers of the lines between markers, the markers included."""
    found, open_ = set[int](), False
    for number, line in enumerate(template.splitlines()):
        open_ = open_ or bool(BEGIN.match(line))
        if open_:
            found.add(number)
        open_ = open_ and not END.match(line)
    return found


def own_blocks(template: str, group: str) -> Iterator[range]:
    """Return the lines of each resource and output whose name begins with the group's."""
    root: Any = yaml.compose(template, CloudFormationLoader)
    lines, generated = template.splitlines(), generated_lines(template)
    for section, node in root.value:
        if section.value in ("Resources", "Outputs"):
            for name, block in blocks(node, lines):
                if re.match(rf"{group}[A-Z]", name) and block[-1] not in generated:
                    yield block


def blocks(mapping: yaml.MappingNode, lines: list[str]) -> Iterator[tuple[str, range]]:
    """Return each key's lines; comments right above a key belong to it."""
    starts = [begin(key.start_mark.line, lines) for key, _ in mapping.value]
    ends = [*starts[1:], mapping.end_mark.line]
    for (key, _), start, end in zip(mapping.value, starts, ends, strict=True):
        yield key.value, range(start, max(end, key.start_mark.line + 1))


def begin(line: int, lines: list[str]) -> int:
    while line and lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return line


def entries(tree: Tree, template: str) -> list[str]:
    """Return the texts of the files which the markers name as their source."""
    lines = template.splitlines()
    markers = [lines[n] for n in generated_lines(template) if BEGIN.match(lines[n])]
    names = {PurePosixPath(name).name for marker in markers for name in SOURCE.findall(marker)}
    return [tree.text(file) for file in tree.files if PurePosixPath(file).name in names]


def entry_lines(text: str, group: str) -> int:
    """Count the lines of the group's entry, at the top of a file or one level below."""
    root = yaml.compose(text, CloudFormationLoader)
    if not isinstance(root, yaml.MappingNode):
        return 0
    lines = text.splitlines()
    nested = [value for _, value in root.value if isinstance(value, yaml.MappingNode)]
    for mapping in (root, *nested):
        for (key, value), (_, block) in zip(mapping.value, blocks(mapping, lines), strict=True):
            if group == key.value or group in direct_values(value):
                return sum(bool(lines[n].strip()) for n in block)
    return 0


def direct_values(node: yaml.Node) -> list[str]:
    """Return the scalars of an entry, one of which may name the group's resources."""
    values = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else []
    return [value.value for value in values if isinstance(value, yaml.ScalarNode)]
