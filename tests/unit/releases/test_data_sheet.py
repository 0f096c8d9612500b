"""The data sheet: whole in both languages, inert, and open about what nobody said."""

import pytest

from surefoot.releases import capsule
from surefoot.texts import LANGUAGES, Words
from tests.unit.releases.conftest import Bench

WARNINGS = [
    {"key": "imbalance", "values": {"column": "risk_`now`", "share": "0.03"}},
    {"key": "one-of-a-later-version", "values": {}},
]
SAID = {
    "sources": [{"name": "credit <2024>.csv", "size": 1, "sha256": "1" * 64}],
    "split": {"by": "key", "columns": ["id"], "counts": {"train": 700, "test": 300}},
    "quality": {"rows": 1000, "warnings": WARNINGS},
    "special": ["health"],
}


def sheet(bench: Bench, language: str, **said: object) -> str:
    bench.adopt()
    release = bench.releases.draft(bench.story(**{"asset.registered": said}).tell().run, words=Words(language))
    return bench.objects.read(release.proposed.body["files"][capsule.SHEET]).decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_the_record_says(bench: Bench, language: str) -> None:
    text, words = sheet(bench, language, **SAID), Words(language)
    for part in (
        "credit &lt;2024&gt;.csv",
        "Ada",
        "credit decisions",
        "contract",
        "EU",
        "2099-12-31",
        "1000",
        "health",
    ):
        assert part in text, part
    assert words("say.releases.sheet.care") in next(line for line in text.splitlines() if line.startswith("| age"))
    assert words.decimal("0.03") in text
    assert "one-of-a-later-version" in text
    assert f"{words.term('side', 'test')} 300" in text
    assert "None" not in text
    assert "$" not in text
    assert "`now`" not in text.replace("\\`", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_said_is_called_so(bench: Bench, language: str) -> None:
    nothing = dict.fromkeys(("owner", "purpose", "legal_basis", "jurisdiction", "expiry", "key", "rows", "columns"))
    text, words = sheet(bench, language, **nothing, protected=[], name=None, target=None), Words(language)
    unsaid = words("say.releases.card.unsaid")
    for key in ("owner", "purpose", "legal_basis", "jurisdiction", "expiry", "from", "split", "target"):
        assert words(f"say.releases.sheet.{key}", value=unsaid) in text, key
    assert words("say.releases.sheet.protected", value=words("say.releases.sheet.nobody_named")) in text
    assert words("say.releases.sheet.warnings_unsaid") in text
    assert "None" not in text


def test_what_users_typed_is_inert(bench: Bench) -> None:
    evil = "<script>alert(1)</script> | [x](javascript:1) `$(rm)` ${name}\n# head"
    named = dict.fromkeys(("owner", "name", "purpose", "legal_basis", "jurisdiction", "expiry"), evil)
    columns = [{"name": evil, "type": "text", "role": evil}]
    text = sheet(bench, "en", **named, columns=columns, sources=[{"name": evil}], protected=[evil])
    assert "<script>" not in text
    assert "\n# head" not in text
    assert "[x](" not in text
