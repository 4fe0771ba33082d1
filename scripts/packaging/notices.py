"""THIRD_PARTY_NOTICES of a package: name, version, licence and its text, for each library in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageMetadata, PackagePath, distributions
from pathlib import Path

FILE = "THIRD_PARTY_NOTICES"
HEAD = "Libraries that are part of this package, each with its licence.\n"
TEXTS = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS)", re.IGNORECASE)
# What older packages say instead of a name of SPDX.
SPDX = {
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "MIT License": "MIT",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


@dataclass(frozen=True, slots=True)
class Library:
    """An installed library, as its own metadata describe it."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]


def write(folder: Path) -> None:
    """Write the notices of all libraries that are installed in the folder."""
    (folder / FILE).write_text(text([*installed(folder)]), encoding="utf-8")


def text(libraries: list[Library]) -> str:
    return "\n".join([HEAD, *map(section, libraries)])


def section(library: Library) -> str:
    rule = "-" * 80
    head = f"{library.name} {library.version}\nLicence: {library.licence}\n"
    return "\n".join([rule, head, *library.texts])


def installed(folder: Path) -> Iterator[Library]:
    found = distributions(path=[str(folder)])
    for library in sorted(found, key=lambda one: one.name.lower()):
        texts = tuple(
            path.read_text(encoding="utf-8").strip() + "\n" for path in licence_files(library)
        )
        yield Library(library.name, library.version, licence(library.metadata), texts)


def licence_files(library: Distribution) -> Iterator[PackagePath]:
    files = (path for path in library.files or [] if ".dist-info" in path.parts[0])
    yield from sorted(path for path in files if TEXTS.match(path.name))


def licence(about: PackageMetadata) -> str:
    """Return the licence as an expression of SPDX; `UNKNOWN` if the metadata name none."""
    if "License-Expression" in about:
        return str(about["License-Expression"])
    classifiers = (c.split(" :: ") for c in about.get_all("Classifier") or [])
    named = [parts[-1] for parts in classifiers if parts[0] == "License"]
    for name in [*named, *(about.get_all("License") or [])]:
        if name in SPDX or re.fullmatch(r"[A-Z0-9][\w.+-]*", name):
            return SPDX.get(str(name), str(name))
    return named[0] if named else "UNKNOWN"
