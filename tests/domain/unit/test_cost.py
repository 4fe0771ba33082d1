"""The budget holds for payloads as large as they can be."""

from domain.contents import contents
from skafu.metering.measure import measure
from skafu.reach.quiet import quiet

HEAVIER = ("create-project", "add-service")  # than any other command
HEAVIEST = 200 * 1024 * 0.95  # bytes: close enough to the cap of a commit to be called the largest


def test_the_largest_payloads_meet_the_caps() -> None:
    with quiet():
        measured = measure([contents.operation[name] for name in HEAVIER])
    largest = {m.command: m.meter.item_bytes for m in measured if m.payload == "largest"}
    event = max(max(sizes) for m in measured for sizes in m.meter.stored.values())

    assert max(largest.values()) > HEAVIEST
    assert 0.95 * 64 * 1024 < event <= 64 * 1024
