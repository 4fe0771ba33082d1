"""Documents that lead the reader into the domain: its files are where the links say."""

from pathlib import Path

import pytest

from tests.support.pages import PAGES, into_domain, leads_somewhere, links, name


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_into_the_domain_leads_somewhere(page: Path) -> None:
    found = (link for link in links(page) if into_domain(page, link))

    assert [link for link in found if not leads_somewhere(page, link)] == []
