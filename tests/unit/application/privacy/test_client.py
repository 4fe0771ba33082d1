"""The origin of a command takes few octets, and is read back for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.privacy.client import packed, unpacked

pytestmark = pytest.mark.feature("E12", "O11")

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/"
BROWSERS = (
    f"{CHROME}141.0.0.0 Safari/537.36",
    f"{CHROME}141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/26.0 Safari/605.1.15",
    "python-requests/2.32.5",
)
STORED = bytes.fromhex("01437194918131508da1a1b19eb9522d00")
"""Of `{"sourceIp": "203.0.113.7"}`, as it was first stored."""


@given(st.dictionaries(st.sampled_from(["sourceIp", "userAgent"]), st.text(max_size=300)))
def test_it_is_read_back_as_it_was(client: dict[str, str]) -> None:
    assert unpacked(packed(client)) == client


@pytest.mark.parametrize("browser", BROWSERS)
def test_of_a_browser_it_takes_at_most_48_octets(browser: str) -> None:
    client = {"sourceIp": "203.0.113.207", "userAgent": browser}

    assert len(packed(client)) <= 48
    assert unpacked(packed(client)) == client


def test_what_was_stored_once_is_read_for_ever() -> None:
    assert unpacked(STORED) == {"sourceIp": "203.0.113.7"}


@pytest.mark.parametrize("octets", [b"", b'{"sourceIp":"x"}', b"\x02x", b"\x01x", b"\x01"])
def test_nothing_else_is_taken_for_one(octets: bytes) -> None:
    with pytest.raises(ValueError, match="client"):
        unpacked(octets)


def test_another_form_of_the_same_octets_is_refused_by_its_number() -> None:
    octets = b"\x02" + packed({"sourceIp": "203.0.113.7"})[1:]

    with pytest.raises(ValueError, match=r"form b'\\x02' of a client is not known"):
        unpacked(octets)
