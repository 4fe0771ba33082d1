"""One archive for all functions whose folders `sam build` filled with the same files.

`sam deploy` makes an archive of each folder before it looks whether it has uploaded the like:
nine functions with one package take half a minute of a processor.
"""

import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

CODE = re.compile(r"^( +CodeUri: )(\S+)$", re.MULTILINE)
# As SAM does: whoever runs a function on AWS may read its files.
READABLE = stat.S_IFREG | 0o444

Links: TypeAlias = tuple[tuple[str, int, int], ...]


def share(template: Path) -> None:
    """Let functions with the same files name one archive, in a template that `sam build` wrote."""
    archives: dict[Links, Path] = {}

    def shared(found: "re.Match[str]") -> str:
        folder = template.parent / found[2]
        if not folder.is_dir():
            return found[0]
        same = links(folder)
        if same not in archives:
            archives[same] = folder.with_suffix(".zip")
            write(archives[same], folder)
        return f"{found[1]}{archives[same].name}"

    template.write_text(CODE.sub(shared, template.read_text()))


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def links(folder: Path) -> Links:
    """Return what is the same for folders of links to the same files."""
    return tuple(
        (path.relative_to(folder).as_posix(), path.stat().st_dev, path.stat().st_ino)
        for path in files(folder)
    )


def write(archive: Path, folder: Path) -> None:
    """Archive a folder, the same files always to the same bytes: these name what is uploaded."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for path in files(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            entry.create_system = 3  # Unix, whose permissions these are
            entry.external_attr = (path.stat().st_mode | READABLE) << 16
            target.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
