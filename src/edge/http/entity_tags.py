"""Entity tags, and the preconditions that name them (RFC 9110, sections 8.8.3 and 13.1)."""

import re
from dataclasses import dataclass

ANY = "*"
TAG = re.compile(r'(?P<weak>W/)?"(?P<opaque>[^"]*)"')
_ONE = r'(?:W/)?"[^\x00-\x20"\x7f]*"'
TAGS = rf"^[ \t]*(?:\*|(?:,[ \t]*)*{_ONE}(?:[ \t]*,(?:[ \t]*{_ONE})?)*)[ \t]*$"
"""The pattern of both headers: an opaque tag may contain commas, a list empty members."""
VERSION = re.compile(r"(0|[1-9][0-9]{0,8})(?:\.[0-9]{1,9})?(?:\.[0-9a-f]{16})?")


@dataclass(frozen=True, slots=True)
class EntityTag:
    opaque: str
    weak: bool = False

    def __str__(self) -> str:
        return f'{"W/" if self.weak else ""}"{self.opaque}"'

    @property
    def version(self) -> int | None:
        """Return the version that a tag of ours begins with; a weak one promises none."""
        found = None if self.weak else VERSION.fullmatch(self.opaque)
        return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Precondition:
    """The value of `If-Match` or `If-None-Match`: some tags, or any."""

    tags: tuple[EntityTag, ...] = ()
    any: bool = False

    def matches_strongly(self, etag: EntityTag) -> bool:
        return self.any or (not etag.weak and etag in self.tags)

    def matches_weakly(self, etag: EntityTag) -> bool:
        return self.any or etag.opaque in {tag.opaque for tag in self.tags}


def precondition(header: str) -> Precondition:
    """Return the precondition of a header that matches `TAGS`."""
    tags = (EntityTag(found["opaque"], bool(found["weak"])) for found in TAG.finditer(header))
    return Precondition(tuple(tags), any=header.strip(" \t") == ANY)


def row_tag(version: int, projection_version: int, parts: str = "") -> EntityTag:
    """Return the tag of a row: another one for each content that the row can have.

    `parts` is a digest of what is shown with it.
    """
    return EntityTag(f"{version}.{projection_version}{parts and f'.{parts}'}")
