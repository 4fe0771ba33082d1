"""The engine knows nothing of Skafu's domain: no file of it spells a name of one of its classes.

Another domain may be called by a word that the engine uses in its everyday sense, such as order.
"""

from tests.support import spelled
from tests.support.paths import SRC
from tests.test_architecture import ENGINE, SOURCES, tree


def test_no_file_of_the_engine_spells_a_name_of_the_domain() -> None:
    found = [
        f"{source}:{number}: {text[:60]!r} spells {name}"
        for source in SOURCES
        if source.startswith(tuple(f"{layer}/" for layer in ENGINE))
        for number, text in spelled.texts(tree(SRC / source))
        for name in spelled.found(text)
    ]

    assert found == []
