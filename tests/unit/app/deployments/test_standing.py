"""What the page of deployments shows, without a screen: from the library's answers to words."""

from datetime import UTC, datetime

import pytest

from surefoot.deployments.facts import Answer, Figures, State
from surefoot.payloads.service.documents import Port
from surefoot.texts import LANGUAGES, Words
from surefoot.workbench import Workbench
from surefoot_app.deployments import standing, trying
from tests.gallery.deployments import FORM, LIVE, STOPPED, active
from tests.gallery.deployments import standing as invented

WORDS = Words("en")


def test_the_overview_holds_every_place_every_model_and_the_way_back(bench: Workbench) -> None:
    found = standing.overview(bench)
    assert found.environments == ("local",)
    assert found.models == ("german-credit",)
    one = found.standings["local"]
    assert one.deployment.state is State.SERVING
    assert one.figures is not None
    assert one.earlier is not None
    assert one.earlier.version == "1.0.0"
    assert one.title == "german-credit 1.0.1"
    assert {each.ref for each in found.ready} == {"german-credit@1.0.0", "german-credit@1.0.1"}
    assert found.is_solo
    assert standing.figures(bench, ("local",))["local"] is not None


def test_a_form_is_made_of_what_the_release_takes_and_its_row_gets_an_answer(bench: Workbench) -> None:
    form = trying.form(bench, "local")
    assert [port.name for port in form.ports] == ["age", "job"]
    texts = {port.name: trying.shown(form.example[port.name]) for port in form.ports}
    answer = bench.deployments.live.ask("local", trying.row(form.ports, texts))
    told = trying.told(answer, WORDS)
    assert told.is_answer
    assert {name for name, _ in told.outputs} == {"label", "probability"}


def test_health_is_told_in_words_with_figures_and_without() -> None:
    assert standing.health(LIVE, WORDS) == "1,284 of 1,307 requests answered"
    assert standing.health(LIVE, Words("vi")) == "Đã trả lời 1.284 trên 1.307 yêu cầu"
    assert "refused too many" in standing.health(STOPPED, WORDS)
    assert standing.health(invented("local", "a", "1", State.SERVING), WORDS) == WORDS("app.deployments.no_figures")
    unasked = invented("local", "a", "1", State.SERVING, figures=Figures({}, 0, 0, 1.0))
    assert standing.health(unasked, WORDS) == WORDS("app.deployments.not_asked")
    assert standing.health(invented("local", "a", "1", State.ENDED), WORDS) == WORDS("app.deployments.silent")


@pytest.mark.parametrize(
    ("after", "text", "tone"),
    [(0, "5 days", "neutral"), (4.5 * 86400, "15.0 h", "warn"), (5.2 * 86400, "lease is over", "bad")],
)
def test_what_is_left_of_a_lease_is_told_and_warned_of(after: float, text: str, tone: str) -> None:
    begin = LIVE.deployment.active.lease_expires / 1000 - 5.125 * 86400
    now = datetime.fromtimestamp(begin + after, UTC)
    assert standing.lease_left(LIVE.deployment, WORDS, now=now) == (text, tone)


def test_a_moment_that_is_none_is_no_moment() -> None:
    assert standing.moment("") is None
    assert standing.moment(active("local", "a", "1").since) is not None


def test_what_is_written_becomes_the_values_that_a_service_takes() -> None:
    ports = (*FORM.ports, Port("pair", "float32", (-1, 2)), Port("level", "int64", (-1, 1), categories=(1, 2)))
    texts = {
        "duration": "24", "amount": "2500.5", "purpose": "car", "employed_since_years_with_the_same_employer": "",
        "has_telephone": "false", "remark": "", "pair": "1, 2.5", "level": "2",
    }  # fmt: skip
    assert trying.row(ports, texts) == {
        "duration": 24, "amount": 2500.5, "purpose": "car", "employed_since_years_with_the_same_employer": None,
        "has_telephone": False, "remark": None, "pair": [1.0, 2.5], "level": 2,
    }  # fmt: skip


@pytest.mark.parametrize("value", [1234567.0, 0.1, 24.0, 1e-9, 123456789.125])
def test_a_number_stands_in_the_form_as_what_reads_back_the_same(value: float) -> None:
    ports = (Port("amount", "float64", (-1, 1)),)
    assert trying.row(ports, {"amount": trying.shown(value)}) == {"amount": value}
    assert trying.shown(24.0) == "24"


def test_a_number_of_a_narrow_type_stands_there_as_short_as_it_reads_back() -> None:
    assert trying.shown(0.30000001192092896, "float32") == "0.3"
    assert trying.shown([0.10000000149011612, 1.0], "float32") == "0.1, 1"
    assert trying.shown(0.30000001192092896) == "0.30000001192092896"


@pytest.mark.parametrize(("name", "text"), [("duration", "a year"), ("amount", ""), ("has_telephone", "maybe")])
def test_what_is_no_value_is_named_by_its_input(name: str, text: str) -> None:
    texts = {port.name: trying.shown(FORM.example.get(port.name)) for port in FORM.ports}
    with pytest.raises(ValueError, match=name):
        trying.row(FORM.ports, {**texts, name: text})


def test_an_input_says_what_it_takes() -> None:
    hints = {port.name: trying.hint(port, WORDS) for port in FORM.ports}
    assert hints["duration"] == "4 to 72 months"
    assert hints["purpose"] == ""
    assert hints["remark"] == "any text · may be left empty"
    assert trying.choices(FORM.ports[2]) == ("car", "education", "furniture", "repairs")
    assert trying.choices(FORM.ports[4]) == ("true", "false")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [0, -1, 400, 401, 413, 429, 500, 503, 418])
def test_every_end_of_a_request_is_told_in_words(status: int, language: str) -> None:
    told = trying.told(Answer(status, {"detail": "age: too low"}), Words(language))
    assert not told.is_answer
    assert told.text
    assert ("age: too low" in told.text) == (status in {400, 503})
