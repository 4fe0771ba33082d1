"""Changes below a folder of sources."""

import os
from pathlib import Path

import pytest

from local.emulator.sources import YOUNG_SECONDS, Sources, Stamps


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    (tmp_path / "package" / "__pycache__").mkdir(parents=True)
    (tmp_path / "package" / "module.py").write_text("A = 1")
    return Sources(tmp_path)


def changed(sources: Sources) -> set[str]:
    change = sources.changed()
    return {os.path.relpath(file, sources.root) for file in change.files} if change else set()


def test_nothing_is_changed_at_first(sources: Sources) -> None:
    assert sources.look() == 0
    assert sources.changed() is None


def test_changed_added_and_removed_files_are_named_once(sources: Sources) -> None:
    module = sources.root / "package" / "module.py"
    module.write_text("A = 22")
    (sources.root / "new.py").touch()
    assert changed(sources) == {"package/module.py", "new.py"}
    assert changed(sources) == set()
    module.unlink()
    assert changed(sources) == {"package/module.py"}
    assert sources.generation == 2


def test_a_file_of_the_same_length_and_time_that_took_its_place_is_another(
    sources: Sources,
) -> None:
    """Save like editors: they write beside the file and move it over."""
    module, fresh = sources.root / "package" / "module.py", sources.root / "fresh"
    before = module.stat()
    fresh.write_text("A = 2")
    os.utime(fresh, ns=(before.st_atime_ns, before.st_mtime_ns))
    fresh.rename(module)
    assert changed(sources) == {"package/module.py"}


def test_files_are_looked_at_only_when_the_kernel_tells_of_something(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans: list[str] = []

    def scanned(folder: str) -> Stamps:
        scans.append(folder)
        return {}

    monkeypatch.setattr("local.emulator.sources.stamps", scanned)
    sources.look()
    assert scans == []
    (sources.root / "package" / "module.py").write_text("A = 4")
    sources.look()
    sources.look()
    assert len(scans) == 1
    sources.look(thoroughly=True)
    assert len(scans) == 2


def test_a_folder_that_came_later_is_watched_too(sources: Sources) -> None:
    later = sources.root / "later" / "deep"
    later.mkdir(parents=True)
    assert changed(sources) == set()
    (later / "module.py").touch()
    assert changed(sources) == {"later/deep/module.py"}
    (later / "module.py").write_text("A = 1")
    assert changed(sources) == {"later/deep/module.py"}


def test_a_folder_that_took_the_place_of_another_is_watched(sources: Sources) -> None:
    fresh = sources.root.with_name("fresh")
    for number in range(3):
        fresh.mkdir()
        (fresh / f"module{number}.py").touch()
        sources.root.rename(sources.root.with_name(f"older{number}"))
        sources.changed()
        fresh.rename(sources.root)
        assert f"module{number}.py" in changed(sources)
        (sources.root / "another.py").touch()
        assert changed(sources) == {"another.py"}


def test_without_a_kernel_that_tells_everything_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.emulator.notices.listening", lambda: None)
    sources = Sources(tmp_path)
    (tmp_path / "module.py").touch()
    assert changed(sources) == {"module.py"}


def test_a_whole_folder_that_is_gone_is_a_change(sources: Sources) -> None:
    (sources.root / "package" / "module.py").unlink()
    (sources.root / "package" / "__pycache__").rmdir()
    (sources.root / "package").rmdir()
    assert changed(sources) == {"package/module.py"}


@pytest.mark.parametrize("name", [".module.py.swp", "module.py~", "__pycache__/module.pyc"])
def test_what_editors_and_python_keep_aside_is_none(sources: Sources, name: str) -> None:
    (sources.root / "package" / name).touch()
    assert changed(sources) == set()


def test_the_bytecode_of_a_changed_file_is_forgotten_and_others_stays(sources: Sources) -> None:
    cache = sources.root / "package" / "__pycache__"
    for name in ("module.cpython-311.pyc", "module.cpython-313.pyc", "modules.cpython-311.pyc"):
        (cache / name).touch()
    (sources.root / "package" / "module.py").write_text("A = 3")
    sources.look()
    assert {file.name for file in cache.iterdir()} == {"modules.cpython-311.pyc"}


def test_sources_are_young_for_a_while_after_a_change(sources: Sources) -> None:
    assert not sources.young()
    (sources.root / "new.py").touch()
    sources.look()
    assert sources.young()
    sources.changed_at -= YOUNG_SECONDS
    assert not sources.young()


def test_a_change_knows_when_its_last_file_was_saved(sources: Sources) -> None:
    (sources.root / "a.py").touch()
    (sources.root / "b.py").touch()
    saved = (sources.root / "b.py").stat().st_mtime
    change = sources.changed()
    assert change
    assert change.saved == pytest.approx(saved, abs=0.01)
    os.utime(sources.root / "a.py", (1, 1))
    moved = sources.changed()
    assert moved
    assert moved.saved == pytest.approx(sources.changed_at - YOUNG_SECONDS)
