"""One answer of a real service, explained from its request's id: its line, its release, what mattered, whom to ask."""

import hashlib
import http.client
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surefoot.audit import REDUCERS, Answers, Audit, requests
from surefoot.audit.facts import Answered, Statement, Weight
from surefoot.audit.report import as_lines
from surefoot.audit.tables import Lines
from surefoot.catalog import Catalog
from surefoot.cli import audit as verbs
from surefoot.cli.call import Call, as_json
from surefoot.deployments import requestlog, windows
from surefoot.deployments.documents import now_ms
from surefoot.errors import Code, IncompleteError, InputRefusedError, RecordBrokenError
from surefoot.payloads.service.journal import Line
from surefoot.texts import LANGUAGES, Words
from tests.fakes.life import Life, copied, founded, opened

BODY = b'{"rows":[{"age":1.5,"job":"clerk"},{"age":4.0,"job":"clerk"}]}\n'


class Court:
    """A project whose service was asked, and somebody who asks about an answer."""

    def __init__(self, folder: Path, life: Life) -> None:
        self.folder, self.life = folder, life

    def send(self, body: bytes = BODY) -> str:
        """Sends a request and returns the id that came with its answer, once its line is on the disk."""
        active = self.life.active()
        token, _ = self.life.keeper.places.environment("local").token()
        connection = http.client.HTTPConnection("127.0.0.1", active.port, timeout=10)
        connection.request("POST", "/predict", body, {"authorization": f"Bearer {token}"})
        name = connection.getresponse().headers["x-request-id"]
        connection.close()
        until = time.monotonic() + 10
        while not any(line.id == name for line in self.lines()):
            assert time.monotonic() < until
            time.sleep(0.05)
        return name

    @property
    def place(self) -> Any:
        return self.life.keeper.places.activation(self.life.active().activation)

    @property
    def log(self) -> Path:
        return requestlog.segments(self.place.state)[0]

    def lines(self) -> list[Line]:
        start = requestlog.Position(self.life.active().digest)
        return [line for line, _ in requestlog.follow(self.place.state, start)]

    def close_window(self) -> None:
        later = now_ms() + windows.LONGEST_MS
        self.life.keeper.windows.close_due(self.life.active(), self.place, later)

    def explain(self, request: str, *, body: bytes | None = None) -> Answered:
        with Catalog.open(self.folder / "audit", self.life.trail, REDUCERS) as catalog:
            audit = Audit(lines=Lines(catalog, self.life.trail.ws), verify=lambda _: self.life.verdict())
            state = self.life.keeper.places.state
            answers = Answers(audit=audit, releases=self.life.releases, state=state)
            return answers.explain(request, body=body)


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("seed")
    return folder, founded(folder)[0]


@pytest.fixture
def court(seed: tuple[Path, str], tmp_path: Path) -> Iterator[Court]:
    folder, release = seed
    copied(folder, tmp_path)
    with opened(tmp_path) as life:
        try:
            life.deployments.deploy(release)
            yield Court(tmp_path, life)
        finally:
            for process in life.running():
                process.kill()


def told(found: Answered) -> dict[str, Statement]:
    return {one.key: one for chapter in found.explanation.chapters for one in chapter.statements}


def test_an_answer_leads_to_its_release_to_who_approved_it_and_to_whom_to_ask(court: Court) -> None:
    request = court.send()
    court.close_window()
    found = court.explain(request)
    active, said = court.life.active(), told(found)
    assert found.about["release"] == {"name": active.name, "version": active.version, "digest": active.digest}
    assert (found.about["environment"], found.about["service"]) == ("local", active.service)
    assert (found.about["status"], found.about["rows"], found.about["is_covered"]) == (200, 2, True)
    assert said["line_covered"].evidence[0].type == "service.window"
    assert said["status_200"].weight is Weight.PLAIN
    assert said["review_approver"].evidence[0].type == "approval.given"
    assert said["review_owner"].values["owner"] == "Ada"
    assert {"inputs_unknown", "model", "signed"} <= said.keys()
    assert found.explanation.gaps == 0
    assert all(one.evidence for one in said.values() if one.key not in {"unwitnessed", "limits"})
    for language in LANGUAGES:
        shown = "\n".join(as_lines(found.explanation, Words(language)))
        assert request in shown
        assert active.digest in shown


def test_a_line_that_no_window_holds_yet_is_a_warning(court: Court) -> None:
    court.send()
    court.close_window()
    found = court.explain(court.send())
    assert told(found)["line_uncovered"].weight is Weight.WARNING
    assert not found.about["is_covered"]


def test_with_its_body_the_inputs_are_told_the_one_that_mattered_first(court: Court) -> None:
    found = court.explain(court.send(), body=BODY)
    assert "inputs_first" not in told(found)
    rows = found.about["computed"]["rows"]
    assert len(rows) == 2
    for row, age in zip(rows, (1.5, 4.0), strict=True):
        assert row["answer"]["probability"][0] == pytest.approx(1 / (1 + 2.718281828**-age), abs=1e-4)
        assert [one["name"] for one in row["inputs"]] == ["age", "job"]
        assert float(row["inputs"][0]["moved"]) > 0.01
        assert (row["inputs"][1]["moved"], row["inputs"][1]["changed"]) == ("0", "0")
    said = told(found)
    assert {"body_fits", "inputs_how", "computed", "moves_both"} <= said.keys()
    assert list(court.life.keeper.places.state.glob("scratch/work-*")) == []


def test_of_many_rows_the_first_are_looked_into_and_that_is_said(court: Court) -> None:
    body = json.dumps({"rows": [{"age": 1.0 + row, "job": "clerk"} for row in range(12)]}).encode()
    found = court.explain(court.send(body), body=body)
    assert len(found.about["computed"]["rows"]) == 10
    assert told(found)["inputs_first"].values == {"count": "10", "rows": "12"}


def test_another_body_is_refused_be_it_by_a_line_end(court: Court) -> None:
    with pytest.raises(InputRefusedError) as refused:
        court.explain(court.send(), body=BODY.rstrip(b"\n"))
    assert refused.value.code is Code.BODY_DIFFERS


def test_a_refused_request_is_told_as_one_and_nothing_is_computed(court: Court) -> None:
    body = b'{"rows":[{"age":"old","job":"clerk"}]}'
    found = court.explain(court.send(body), body=body)
    said = told(found)
    assert said["status_400"].weight is Weight.WARNING
    assert "inputs_none" in said
    assert found.about["computed"] == {}


def test_an_id_that_no_log_knows_is_not_there(court: Court) -> None:
    for unknown in ("req_0000000000000000_1", 'x","y', "\udcff"):
        with pytest.raises(IncompleteError) as refused:
            court.explain(unknown)
        assert refused.value.code is Code.REQUEST_UNKNOWN


@pytest.mark.parametrize("asked", ["known", "cut away"])
def test_a_cut_log_does_not_read_as_one_that_never_knew_the_request(court: Court, asked: str) -> None:
    first, second = court.send(), court.send()
    court.close_window()
    lines = court.log.read_bytes().splitlines(keepends=True)
    court.log.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(RecordBrokenError) as broken:
        court.explain(first if asked == "known" else second)
    assert broken.value.code is Code.REQUEST_LOG_CUT
    assert (broken.value.values["lines"], broken.value.values["recorded"]) == (len(lines) - 1, len(lines))


@pytest.mark.parametrize("is_chained", [False, True])
def test_an_edited_log_is_found_also_where_its_chain_was_made_anew(court: Court, is_chained: bool) -> None:
    request = court.send()
    court.close_window()
    harmed = court.log.read_bytes().replace(b'"status":200', b'"status":400')
    court.log.write_bytes(chained(harmed, court.life.active().digest) if is_chained else harmed)
    with pytest.raises(RecordBrokenError) as broken:
        court.explain(request)
    assert broken.value.code is Code.REQUEST_LOG_CHANGED


def chained(log: bytes, head: str) -> bytes:
    """The same lines with hashes that follow from each other, as a forger would write them."""
    made = b""
    for raw in log.splitlines():
        data = raw.partition(b"\t")[0]
        head = hashlib.sha256(head.encode() + data).hexdigest()
        made += data + b"\t" + head.encode() + b"\n"
    return made


def test_what_the_end_of_a_service_said_holds_its_log_too(court: Court) -> None:
    request = court.send()
    court.life.deployments.stop(reason="a test")
    for process in court.life.running():
        process.end(10)
    time.sleep(0.6)
    court.life.keeper.tick()
    assert court.explain(request).about["is_covered"]
    ended = [event for event in court.life.trail.events() if event.type == "service.ended"]
    (activation,) = (event for event in court.life.trail.events() if event.type == "release.activated")
    log = requests.Log(activation, court.place.state, requests.marks(ended))
    found = requests.held(log, request)
    assert found is not None
    assert found.mark is not None
    assert found.mark.event.type == "service.ended"
    court.log.write_bytes(b"")
    with pytest.raises(RecordBrokenError):
        requests.held(log, request)
    shutil.rmtree(court.place.folder)
    with pytest.raises(IncompleteError) as refused:
        court.explain(request)
    assert refused.value.code is Code.REQUEST_LOG_AWAY


def test_the_verb_takes_the_bytes_of_a_file_and_answers_programs_too(
    court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, file = court.send(), court.folder / "body.json"
    file.write_bytes(BODY)

    class Bench:
        answers = court

    call = Call({"request": request, "body": str(file), "output": None}, Words())
    monkeypatch.setitem(call.__dict__, "workbench", Bench())
    answer = verbs.answer(call)
    data = json.loads(as_json(answer.data))
    assert (data["request"], data["status"], len(data["computed"]["rows"])) == (request, 200, 2)
    assert any("age" in line and "moves" in line for line in answer.lines)
    gone = Call({"request": request, "body": str(court.folder / "none")}, Words())
    with pytest.raises(IncompleteError):
        verbs.answer(gone)


def test_one_answer_is_written_as_a_page_that_needs_nothing_else(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    request, page = court.send(), court.folder / "answer.html"

    class Bench:
        answers = court

    with Catalog.open(court.folder / "page", court.life.trail, REDUCERS) as catalog:
        lines = Lines(catalog, court.life.trail.ws)
        Bench.audit = Audit(lines=lines, verify=lambda _: court.life.verdict())  # type: ignore[attr-defined]
        call = Call({"request": request, "body": None, "output": str(page)}, Words())
        monkeypatch.setitem(call.__dict__, "workbench", Bench())
        told = verbs.answer(call)
    text = page.read_text(encoding="utf-8")
    assert (told.data["path"], told.exit_code) == (str(page), 0)
    assert f"<h1>The answer {request} of" in text
    assert "default-src 'none'" in text
    assert "<script" not in text
