"""Lists of known vulnerabilities: imported in a worker as a whole or not at all, and recorded."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from surefoot.advisories import Advisories, osv, reading_task, tables
from surefoot.advisories.facts import Known
from surefoot.advisories.service import LIMITS
from surefoot.catalog import Catalog
from surefoot.errors import CancelledError, Code, InputRefusedError
from surefoot.objects import Objects
from surefoot.texts import LANGUAGES, Words
from surefoot.workers import Request
from tests.fakes.catalog import assert_order_free, event
from tests.fakes.osv import ELSEWHERE, GHSA, ODD, PYSEC, record, zipped
from tests.fakes.recorder import FakeRecorder

NOW = "2026-06-01T00:00:00+00:00"


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.recorder = FakeRecorder()
        self.objects = Objects(folder / "objects")
        self.catalog = Catalog.open(folder / "catalog", self.recorder, tables.REDUCERS)
        self.advisories = Advisories(
            catalog=self.catalog, objects=self.objects, recorder=self.recorder, scratch=folder / "scratch"
        )

    def source(self, data: bytes, name: str = "all.zip") -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    made.catalog.close()


def read(folder: Path, data: bytes) -> list[dict[str, Any]]:
    """What the worker's task makes of a file, in this process."""
    source = folder / "source"
    source.write_bytes(data)
    reading_task.read(Request({"now": NOW}, scratch=folder, files={"source": source}))
    return [json.loads(line) for line in (folder / reading_task.LIST).read_bytes().splitlines()]


def refusal(folder: Path, data: bytes) -> InputRefusedError:
    with pytest.raises(InputRefusedError) as caught:
        read(folder, data)
    assert not (folder / reading_task.LIST).exists()
    return caught.value


def test_a_dump_is_kept_byte_for_byte_with_its_date_and_recorded(project: Project) -> None:
    data = zipped([GHSA, PYSEC, {**record("X-1", "gone"), "withdrawn": "2026-05-02T00:00:00Z"}])
    listing = project.advisories.add(project.source(data))
    (recorded,) = project.recorder.of_type("asset.received")
    body: Any = recorded.body
    assert listing.source == hashlib.sha256(data).hexdigest() == body["source"]["sha256"]
    assert project.objects.read(listing.source) == data
    assert (listing.date, listing.records, listing.packages, body["skipped"]) == ("2026-05-04", 2, 1, 1)
    assert recorded.subjects[0].sha256 == listing.sha256
    assert json.loads(project.objects.read(listing.sha256))["package"] == "sure-table"
    assert project.advisories.current() == listing


def test_the_list_that_was_imported_last_holds(project: Project) -> None:
    assert project.advisories.current() is None
    project.advisories.add(project.source(zipped([GHSA])))
    second = project.advisories.add(project.source(zipped([PYSEC])))
    assert project.advisories.current() == second


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(GHSA).encode(),
        json.dumps(GHSA, indent=2).encode(),
        json.dumps([GHSA]).encode(),
        json.dumps([GHSA, PYSEC], indent=1).encode(),
        (json.dumps(GHSA) + "\n\n" + json.dumps(PYSEC) + "\n").encode(),
        zipped([GHSA]),
    ],
)
def test_a_record_an_array_lines_and_a_zip_are_read_alike(tmp_path: Path, data: bytes) -> None:
    (line,) = read(tmp_path, data)
    assert line["known"][0]["id"] == "GHSA-aaaa-bbbb-cccc"


def test_the_dump_of_all_ecosystems_is_read_and_what_is_not_python_or_withdrawn_is_left_out(project: Project) -> None:
    listing = project.advisories.add(project.source(zipped([GHSA, PYSEC, *ELSEWHERE, *ODD])))
    (recorded,) = project.recorder.of_type("asset.received")
    assert recorded.body is not None
    assert (listing.records, recorded.body["skipped"]) == (5, len(ELSEWHERE) + 1)
    lines = map(json.loads, project.objects.read(listing.sha256).splitlines())
    known = {line["package"]: msgspec.convert(line["known"], list[Known]) for line in lines}
    assert set(known) == {"sure-table", "only-last", "bad-package", "mirrored"}
    (last,) = known["only-last"]
    assert [osv.affects(last, version) for version in ("0.1", "3.4.7", "3.4.8")] == [True, True, False]
    assert osv.fixed_in(last, "3.4.7") == ""
    (harmful,) = known["bad-package"]
    assert [osv.affects(harmful, version) for version in ("9.9.9", "9.9.8")] == [True, False]


def test_a_dump_of_more_files_than_a_plain_zip_can_count_is_read(tmp_path: Path) -> None:
    records = [record(f"X-{number}", f"p{number % 7}") for number in range(66_000)]
    assert sum(len(line["known"]) for line in read(tmp_path, zipped(records))) == 66_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_folder_is_refused_with_what_to_do_instead(project: Project, language: str) -> None:
    (project.folder / "advisories").mkdir()
    with pytest.raises(InputRefusedError) as caught:
        project.advisories.add(project.folder / "advisories")
    assert (caught.value.code, caught.value.values["detail"]) == (Code.ADVISORIES_REFUSED, "folder")
    assert "zip" in Words(language).error(caught.value).what
    assert project.recorder.of_type("asset.received") == []


def test_what_is_no_list_is_refused_with_the_place_and_nothing_is_left(project: Project) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("../../good.json", json.dumps(GHSA))
        archive.writestr("bad.json", "{")
    with pytest.raises(InputRefusedError) as caught:
        project.advisories.add(project.source(made.getvalue()))
    assert (caught.value.code, caught.value.values["place"]) == (Code.ADVISORIES_REFUSED, "bad.json")
    assert project.recorder.of_type("asset.received") == []
    assert project.advisories.current() is None
    assert not list((project.folder / "objects").glob("packs/*"))
    for language in LANGUAGES:
        told = Words(language).error(caught.value)
        assert "bad.json" in told.what
        assert "OSV" in told.what + told.do


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "record"),
        (b"\x80\x04\x95.", "record"),
        (b"[" * 100_000, "record"),
        (b'{"id": 3, "modified": "2026-05-02T00:00:00Z"}', "record"),
        (b'{"id": "X"}', "record"),
        (b'{"id": "X", "modified": "yesterday"}', "date"),
        (b'{"id": "X", "modified": "2026-07-02T00:00:00Z"}', "future"),
        (b'{"id": "X", "modified": "2026-05-02T00:00:00Z"}', "nothing"),
        (b"PK\x03\x04 and no more", "archive"),
        (zipped([GHSA])[:-30], "archive"),
        (zipped([]), "record"),
    ],
)
def test_bad_lists_are_refused(tmp_path: Path, data: bytes, detail: str) -> None:
    assert refusal(tmp_path, data).values["detail"] == detail


def test_a_member_that_swells_is_refused_before_it_is_whole(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", b" " * (reading_task.RECORD_BYTES + 1))
    assert len(made.getvalue()) < 100_000
    error = refusal(tmp_path, made.getvalue())
    assert (error.values["detail"], error.values["place"]) == ("large", "bomb.json")


def test_many_records_and_much_in_all_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    records = [record(f"X-{number}", "p") for number in range(4)]
    for name, limit, detail in (("RECORDS", 3, "many"), ("WHOLE_BYTES", 200, "much")):
        with monkeypatch.context() as patch:
            patch.setattr(reading_task, name, limit)
            assert refusal(tmp_path, zipped(records)).values["detail"] == detail
    monkeypatch.setattr(reading_task, "RECORDS", 3)
    lines = "\n".join(json.dumps(one) for one in records).encode()
    assert refusal(tmp_path, lines).values["detail"] == "many"


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped([GHSA]))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag that says: with a password
        data[data.index(mark) + place] |= 1
    assert refusal(tmp_path, bytes(data)).values["detail"] == "archive"


def test_an_import_that_is_cancelled_records_nothing(project: Project) -> None:
    with pytest.raises(CancelledError):
        project.advisories.add(project.source(zipped([GHSA])), cancel=lambda: True)
    assert project.recorder.of_type("asset.received") == []


def test_the_worker_has_limits() -> None:
    assert LIMITS.memory_bytes < 2**34
    assert LIMITS.wall_seconds < 3600


def test_the_list_that_holds_does_not_depend_on_the_order_of_events() -> None:
    body = {"kind": "advisories", "date": "2026-05-04", "records": 2, "packages": 1, "source": {"name": "all.zip"}}
    events = [
        event("asset.received", "adv_a", seq=0, body=body),
        event("asset.received", "adv_b", seq=1, body={**body, "records": 3}),
        event("asset.received", "adv_c", seq=2, body={"kind": "something else"}),
        event("asset.received", "adv_d", seq=3, body=None),
    ]
    assert_order_free(tables.REDUCERS[0], events)
