"""Archives: one contract, in memory and on S3."""

import io
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from adapters.memory.archives import MemoryArchives
from adapters.s3.archives import S3Archives
from application.archives import Archives, NotOurs
from application.ports import Unavailable
from application.scaffolding import archive
from tests.support import stores

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.feature("I8")
BUCKET = "archives"
KEY = "teapot/1/f0.zip"
SIGNED = Config(
    signature_version="s3v4", s3={"addressing_style": "path"}, parameter_validation=False
)


@pytest.fixture(params=["memory", "moto", "ministack"])
def archives(request: pytest.FixtureRequest) -> Iterator[Archives]:
    match request.param:
        case "memory":
            yield MemoryArchives()
        case "moto":
            with mock_aws():
                yield on(boto3.client("s3", region_name="us-east-1", config=SIGNED))
        case _:
            yield on_emulator(request.getfixturevalue("emulator"))


def on(client: "S3Client") -> S3Archives:
    client.create_bucket(Bucket=BUCKET)
    return S3Archives(client, BUCKET)


def on_emulator(emulator: stores.Emulator) -> S3Archives:
    client = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=emulator.endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=SIGNED,
    )
    made = on(client)
    made.remove_all("")
    return made


class TestPutting:
    def test_an_archive_has_an_address(self, archives: Archives) -> None:
        assert archives.put(KEY, b"leaves") == f"s3://{BUCKET}/{KEY}"

    def test_again_leaves_what_is_there(self, archives: Archives) -> None:
        url = archives.put(KEY, b"leaves")

        assert archives.put(KEY, b"others") == url
        assert content(archives, url) == b"leaves"

    def test_an_empty_one_is_kept(self, archives: Archives) -> None:
        assert content(archives, archives.put(KEY, b"")) == b""


class TestRemoving:
    def test_makes_room_for_another(self, archives: Archives) -> None:
        url = archives.put(KEY, b"leaves")
        archives.remove_all(KEY)
        archives.put(KEY, b"others")

        assert content(archives, url) == b"others"

    def test_all_of_an_attempt_leaves_those_of_others(self, archives: Archives) -> None:
        gone = [archives.put(f"teapot/1/{name}.zip", b"x") for name in "ab"]
        kept = [archives.put(key, b"x") for key in ("teapot/10/a.zip", "teapot/2/a.zip", "urn/1/a")]
        archives.remove_all("teapot/1/")
        archives.remove_all("teapot/1/")

        assert [archives.link(url, "a.zip", 60) for url in gone] == [None, None]
        assert all(archives.link(url, "a.zip", 60) for url in kept)

    def test_more_than_a_page_of_them(self, archives: Archives) -> None:
        for number in range(1005):
            archives.put(f"teapot/1/{number}.zip", b"")
        archives.remove_all("teapot/1/")

        assert archives.link(f"s3://{BUCKET}/teapot/1/1004.zip", "a.zip", 60) is None


OTHERS = [
    "s3://another/teapot/1/f0.zip",
    f"s3://{BUCKET}",
    f"s3://{BUCKET}/",
    f"s3://{BUCKET}-2/f0.zip",
    f"https://{BUCKET}/f0.zip",
    "",
]


@pytest.mark.parametrize("url", OTHERS)
def test_an_address_of_somewhere_else_is_refused(archives: Archives, url: str) -> None:
    with pytest.raises(NotOurs):
        archives.link(url, "tea.zip", 60)


def content(archives: Archives, url: str) -> bytes:
    if isinstance(archives, MemoryArchives):
        return archives.kept[url]
    client = archives._client  # type: ignore[attr-defined] # of S3Archives
    found: bytes = client.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
    return found


@pytest.fixture
def s3(emulator: stores.Emulator) -> S3Archives:
    return on_emulator(emulator)


class TestALink:
    def test_downloads_the_archive_under_its_name(self, s3: S3Archives) -> None:
        url = s3.put(KEY, archive({"README.md": "# Tee\n"}))
        with urllib.request.urlopen(link(s3, url, 'Tee "für" 2.zip')) as answer:
            named, body = answer.headers["Content-Disposition"], answer.read()

        assert named == (
            'attachment; filename="Tee -f-r- 2.zip"; '
            "filename*=UTF-8''Tee%20%22f%C3%BCr%22%202.zip"
        )
        assert answer.headers["Content-Type"] == "application/zip"
        assert zipfile.ZipFile(io.BytesIO(body)).read("README.md") == b"# Tee\n"

    def test_is_signed_with_version_4_for_a_minute(self, s3: S3Archives) -> None:
        found = link(s3, s3.put(KEY, b"x"), "a.zip")

        assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in found
        assert "X-Amz-Expires=60" in found

    def test_that_was_changed_is_refused(self, s3: S3Archives) -> None:
        s3.put("teapot/2/f0.zip", b"others")
        found = link(s3, s3.put(KEY, b"x"), "a.zip")

        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(found.replace("/teapot/1/", "/teapot/2/"))


def link(s3: S3Archives, url: str, name: str) -> str:
    found = s3.link(url, name, 60)
    assert found is not None
    return found


def test_storage_that_is_down_may_be_tried_again() -> None:
    nowhere = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=SIGNED.merge(Config(connect_timeout=1, retries={"total_max_attempts": 1})),
    )
    down = S3Archives(nowhere, BUCKET)

    calls: dict[str, Callable[[], object]] = {
        "put": lambda: down.put(KEY, b"x"),
        "remove all": lambda: down.remove_all("teapot/"),
        "link": lambda: down.link(f"s3://{BUCKET}/{KEY}", "a.zip", 60),
    }
    for call in calls.values():
        with pytest.raises(Unavailable):
            call()
