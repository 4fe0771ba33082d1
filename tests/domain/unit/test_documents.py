"""Documents that lead the reader into the domain: its files and tests are where they say."""

from pathlib import Path

import pytest

from scripts import features
from scripts.trying.belongings import goes
from tests.support.pages import PAGES, into_domain, leads_somewhere, links, name


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_into_the_domain_leads_somewhere(page: Path) -> None:
    found = (link for link in links(page) if into_domain(page, link))

    assert [link for link in found if not leads_somewhere(page, link)] == []


def test_every_test_of_the_domain_that_a_page_names_exists() -> None:
    named = [test for test in features.named_by_pages() if goes(test)]

    assert named
    assert [test for test in named if not features.exists(test)] == []
