"""Templates that every system begins with, each from a manifest and the files of its scaffold."""

import uuid
from collections.abc import Mapping
from typing import Any

from kernel.saga import Sending
from kernel.seeding import Files, Seed

NAMESPACE = uuid.UUID("0d3a1c1e-5a0f-5d7c-9c58-8b1f6a2e4b10")
EMPTY: Mapping[str, Any] = {"description": None, "parameters": [], "services": [], "settings": {}}
"""Fields that a manifest may leave out: what was there before goes."""
FINAL = frozenset({"template-is-deprecated"})
FIELDS = ("slug", "name", *EMPTY)


def template_seed(manifest: Mapping[str, Any], files: Files) -> Seed:
    """Return the seed of a template. Raises `ValueError`; the command API judges the rest."""
    slug = manifest.get("slug")
    if not isinstance(slug, str):
        raise ValueError("The manifest has no `slug`.")
    if unknown := sorted({*map(str, manifest)} - {*FIELDS}):
        raise ValueError(f"There is no field {unknown[0]}. There are {', '.join(FIELDS)}.")
    given = {name: value for name, value in manifest.items() if name != "slug"}
    listed = [{"path": path, "content": content} for path, content in sorted(files.items())]
    content = {**EMPTY, **given, "files": listed}
    target = str(uuid.uuid5(NAMESPACE, slug))
    changes = Sending("revise-template", target, content), Sending("publish-template", target)
    creation = Sending("draft-template", target, {"slug": slug, **content})
    return Seed(slug, creation, changes, FINAL)
