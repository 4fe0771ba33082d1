"""Archives: the same files yield the same bytes."""

import hashlib
import io
import zipfile

from application.scaffolding import archive

FILES = {"src/b.py": "é\n", "README.md": "# Tea\n", "src/a.py": ""}


def test_the_files_are_in_it_sorted_with_a_fixed_date_and_mode() -> None:
    with zipfile.ZipFile(io.BytesIO(archive(FILES))) as found:
        assert found.testzip() is None
        assert found.namelist() == ["README.md", "src/a.py", "src/b.py"]
        assert {path: found.read(path).decode() for path in FILES} == FILES
        entries = found.infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}


def test_the_same_files_have_the_same_digest_in_any_order_and_on_any_machine() -> None:
    again = dict(reversed(FILES.items()))

    assert archive(again) == archive(FILES)
    assert hashlib.sha256(archive(FILES)).hexdigest() == (
        "d5474c3e623cc69f04dd98c4c7e7b9b7555dda9be44412f244f1bf48c6fc711c"
    )


def test_other_files_have_another_digest() -> None:
    assert archive({**FILES, "src/a.py": " "}) != archive(FILES)
    assert archive({}) != archive(FILES)
