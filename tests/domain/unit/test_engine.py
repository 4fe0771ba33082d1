"""The engine knows nothing of Skafu's domain: no file of it spells a name of one of its classes.

Another domain may be called by a word that the engine uses in its everyday sense, such as order.
"""

from pathlib import Path

import pytest

from tests.support import domain_names, spelled
from tests.support.paths import SRC
from tests.test_architecture import ENGINE, ROOT, SOURCES, tree


def test_no_file_of_the_engine_spells_a_name_of_the_domain() -> None:
    found = [
        f"{source}:{number}: {text[:60]!r} spells {name}"
        for source in SOURCES
        if source.startswith(tuple(f"{layer}/" for layer in ENGINE))
        for number, text in spelled.texts(tree(SRC / source))
        for name in spelled.found(text)
    ]

    assert found == []


@pytest.mark.parametrize("file", domain_names.files(), ids=lambda f: str(f.relative_to(ROOT)))
def test_a_test_for_any_domain_names_none(file: Path) -> None:
    """What names the domain lies in tests/domain, and is deleted with it."""
    syntax = tree(file)
    found = [
        f"{file.relative_to(ROOT)}:{number}: {text[:60]!r} spells {', '.join(sorted(names))}"
        for number, text in spelled.texts(syntax)
        if (names := domain_names.spelled_in(text))
    ]

    assert found == []
    assert list(domain_names.foreign(syntax)) == []
