"""The API's page on the running stack."""

import pytest
import requests

from tests.support.api_client import Json
from tests.support.owner import CREATE


@pytest.mark.feature("C27")
def test_the_page_needs_no_token(stack: Json) -> None:
    page = requests.get(f"{stack['commandApiUrl']}/docs", timeout=60)
    document = requests.get(f"{stack['commandApiUrl']}/docs?format=json", timeout=60)

    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert f"/commands/{CREATE.name}" in document.json()["paths"]
    assert document.json()["servers"] == [{"url": stack["commandApiUrl"]}]


@pytest.mark.feature("L7")
def test_nothing_else_lies_there(stack: Json) -> None:
    for path in ("/docs/", "/docs/anything", "/docsx"):
        assert requests.get(f"{stack['commandApiUrl']}{path}", timeout=60).status_code in (200, 401)
        assert requests.post(f"{stack['commandApiUrl']}{path}", timeout=60).status_code == 401
