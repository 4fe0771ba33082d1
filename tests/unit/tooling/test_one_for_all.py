"""What several processes of a test run share is started once, and outlives none of its users."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest

from tests.support.api_client import Json
from tests.support.one_for_all import one_for_all


class Lamp:
    """Something that is started and stopped."""

    def __init__(self) -> None:
        self.events: list[str] = []

    @contextmanager
    def lit(self) -> Iterator[Json]:
        self.events.append("started")
        yield {"light": len(self.events)}
        self.events.append("stopped")


@pytest.fixture
def lamp() -> Lamp:
    return Lamp()


def test_the_second_user_finds_what_the_first_has_started(tmp_path: Path, lamp: Lamp) -> None:
    with (
        ThreadPoolExecutor() as pool,
        one_for_all(tmp_path / "lamp.json", lamp.lit()) as first,
    ):
        assert pool.submit(use, tmp_path, lamp).result() == first == {"light": 1}
    assert lamp.events == ["started", "stopped"]


def use(folder: Path, lamp: Lamp) -> Json:
    with one_for_all(folder / "lamp.json", lamp.lit()) as found:
        return found


def test_it_is_not_stopped_while_somebody_uses_it(tmp_path: Path, lamp: Lamp) -> None:
    used, done = Event(), Event()

    def use_until_told() -> list[str]:
        with one_for_all(tmp_path / "lamp.json", lamp.lit()):
            used.set()
            done.wait()
            return [*lamp.events]

    with ThreadPoolExecutor() as pool, ExitStack() as end:
        end.callback(done.set)
        with ExitStack() as first:
            first.enter_context(one_for_all(tmp_path / "lamp.json", lamp.lit()))
            other = pool.submit(use_until_told)
            used.wait()
            left = pool.submit(first.pop_all().close)
        with pytest.raises(TimeoutError):
            left.result(0.2)
        done.set()
        assert other.result() == ["started"]
        left.result()
    assert lamp.events == ["started", "stopped"]


def test_it_is_started_anew_for_who_comes_later(tmp_path: Path, lamp: Lamp) -> None:
    use(tmp_path, lamp)
    use(tmp_path, lamp)

    assert lamp.events == ["started", "stopped"] * 2
