"""Several items are worked on at once, and answered in order."""

import threading

from edge.deliveries.at_once import at_once


def test_results_come_in_the_order_of_the_items() -> None:
    """The first of two ends after the second."""
    second_ended = threading.Event()

    def work(item: int) -> int:
        if item == 1:
            assert second_ended.wait(5)
        else:
            second_ended.set()
        return item * 10

    assert at_once(work, [1, 2]) == [10, 20]


def test_one_item_takes_no_other_thread() -> None:
    assert at_once(lambda _: threading.get_ident(), ["one"]) == [threading.get_ident()]
