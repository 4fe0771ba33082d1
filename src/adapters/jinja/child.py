"""The process that renders: it reads files and values from standard input, and writes files.

Whatever a text does, it does within these limits, and nothing of it is left behind.
"""

import json
import re
import resource
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from adapters.jinja.limits import Limits
from application.scaffolding import NotRendered
from kernel.scaffolds import FILTERS, SYNTAX, TESTS, Unusable, names_used

MARKED = re.compile("[<>&'\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
"""Characters that HTML, YAML, JavaScript or an editor would refuse or take for something else."""
LONGEST_SLUG = 100
"""Characters of a name that stacks, packages and parameters take; a stack's has at most 128."""
WORD = re.compile(r"[a-z0-9]+|[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")


def quoted(value: object) -> str:
    """Return the value as JSON, YAML, TOML, Python, JavaScript and JSX write it."""
    text = json.dumps(value, ensure_ascii=False)
    return MARKED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def words(text: object) -> list[str]:
    """Return the words in ASCII; what they make begins with a letter, so that it can be a name."""
    plain = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode()
    found = WORD.findall(plain)
    return found if found and found[0][0].isalpha() else ["app", *found]


def slug(text: object) -> str:
    """Return words in small letters with hyphens: `my-shop`. What is too long is cut."""
    return "-".join(word.lower() for word in words(text))[:LONGEST_SLUG].rstrip("-")


def snake(text: object) -> str:
    """Return words in small letters with underscores: `my_shop`."""
    return "_".join(word.lower() for word in words(text))


def pascal(text: object) -> str:
    """Return words with capital letters: `MyShop`."""
    return "".join(word.capitalize() for word in words(text))


OWN = {"quoted": quoted, "slug": slug, "snake": snake, "pascal": pascal}


def environment() -> ImmutableSandboxedEnvironment:
    """Return an environment that has what is on the list, and nothing else."""
    made = ImmutableSandboxedEnvironment(**SYNTAX, undefined=StrictUndefined, optimized=False)
    made.globals.clear()
    made.filters = {
        name: found for name, found in {**made.filters, **OWN}.items() if name in FILTERS
    }
    made.tests = {name: found for name, found in made.tests.items() if name in TESTS}
    return made


def limit(limits: Limits) -> None:
    """Limit this process for good; macOS has no limit of memory."""
    if sys.platform != "darwin":
        hard(resource.RLIMIT_AS, limits.memory_bytes)
    hard(resource.RLIMIT_CPU, limits.cpu_seconds)
    hard(resource.RLIMIT_FSIZE, 0)
    hard(resource.RLIMIT_CORE, 0)
    sys.setrecursionlimit(limits.depth)


def hard(kind: int, most: int) -> None:
    resource.setrlimit(kind, (most, most))


def rendered(files: Mapping[str, str], values: Mapping[str, Any], most: int) -> Iterator[str]:
    """Yield each file's content. Raises `NotRendered` as soon as all together are too large."""
    made = environment()
    left = most
    for text in files.values():
        names_used(text)
        parts = []
        for part in made.from_string(text).generate(values):
            left -= len(part.encode())
            if left < 0:
                raise NotRendered(f"The files have more than {most} bytes.")
            parts.append(part)
        yield "".join(parts)


def answer(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the files, or the path of the one that failed and a reason."""
    files: Mapping[str, str] = task["files"]
    done: dict[str, str] = {}
    try:
        contents = rendered(files, task["values"], task["limits"]["rendered_bytes"])
        for path, content in zip(files, contents, strict=True):
            done[path] = content
    except NotRendered as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"{next_of(files, done)} takes too much memory."}
    except RecursionError:
        return {"error": f"{next_of(files, done)} is nested too deeply."}
    except Unusable as error:
        return {"error": f"{next_of(files, done)}, line {error.line}: {error}"}
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        return {"error": f"{next_of(files, done)} does not fit these values: {error}."}
    return {"files": done}


def next_of(files: Mapping[str, str], done: Mapping[str, str]) -> str:
    """Return the path after those that are done."""
    return [*files][len(done)]


def main() -> None:
    task = json.load(sys.stdin)
    limit(Limits(**task["limits"]))
    json.dump(answer(task), sys.stdout)
