"""Long lines of pages, and files that name a command."""

import re
from collections import defaultdict

from scripts.trees import Tree

PAGES = ("README.md", "amplify/README.md", "frontend/README.md")


def longest_lines(tree: Tree) -> dict[str, int]:
    """Return the length of the longest line of every page, in characters."""
    pages = [page for page in PAGES if page in tree.files] + tree.under("docs", ".md")
    return {page: max(map(len, tree.text(page).splitlines()), default=0) for page in pages}


def files_naming(tree: Tree, command: str) -> dict[str, int]:
    """Count the files of each top-level folder that spell the command's name in any style."""
    spelled = re.compile("|".join(map(re.escape, spellings(command))))
    counts = defaultdict[str, int](int)
    for file in tree.files:
        if spelled.search((tree.root / file).read_bytes().decode(errors="replace")):
            counts[file.partition("/")[0]] += 1
    return dict(sorted(counts.items())) | {"all": sum(counts.values())}


def spellings(command: str) -> list[str]:
    """Return `LinkRepository`, `linkRepository`, `link-repository` and `link_repository`."""
    words = re.findall(r"[A-Z][a-z0-9]*", command)
    camel = command[0].lower() + command[1:]
    return [command, camel, "-".join(words).lower(), "_".join(words).lower()]
