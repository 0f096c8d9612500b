"""What the columns of a table seem to be for, from their names and their values.

Pure. A guess is only what the owner has not said, it carries its confidence, and where two readings are possible the
stricter one is taken: a column that may be protected is treated as protected until its owner says otherwise.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

GROUND = 0.6
"""Confidence from which a guess is used; a protected or special column is taken from LOW on."""
LOW = 0.3
_FEW = 2
_CLASSES = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a column when its role is guessed.

    Attributes:
        name, type: its own. rows: of the table. missing: rows without a value. distinct: different values.
        values: each value with its count, as text, where there are few; else empty.
    """

    name: str
    type: str
    rows: int
    missing: int
    distinct: int
    values: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_unique(self) -> bool:
        """Whether each row has a value of its own."""
        return self.missing == 0 and self.distinct == self.rows and self.rows > 0

    @property
    def can_name(self) -> bool:
        """Whether its values are such as name things."""
        return self.type in {"text", "integer"}


@dataclass(frozen=True, slots=True)
class Guess:
    """A column, how sure we are (0–1), and why: a key of `say.dataset.reason`."""

    column: str
    confidence: float
    why: str = ""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split(","))


_PEOPLE = _words(
    "person customer client patient applicant user employee member student citizen candidate borrower debtor subject "
    "participant respondent tenant driver policyholder passenger people khach nhan benh hoc kunde mitarbeiter"
)
_NAMING = _words("id key uuid guid code nr no number num ma ident identifier")
_TARGETS = _words(
    "target label class outcome y default defaulted churn churned income risk survived response fraud result approved "
    "diagnosis bought converted muc tieu nhan ket qua"
)
_TIMES = _words("date time datetime timestamp day month at on ngay gio thoi gian datum zeit")
_YES = ("1", "true", "yes", "y", "bad", "default", "positive", "fraud", "churn", ">50k", "có", "co", "ja", "oui")

_PROTECTED: Mapping[str, tuple[str, ...]] = {
    "sex": ("sex", "gender", "gioi tinh", "geschlecht", "sexe", "genero"),
    "age": ("age", "tuoi", "alter", "birth", "born", "dob", "birthday", "birthdate", "ngay sinh", "nam sinh", "geburt"),
    "origin": (
        "foreign",
        "foreigner",
        "nationality",
        "citizenship",
        "native country",
        "country of birth",
        "immigrant",
        "migrant",
        "mother tongue",
        "quoc tich",
    ),
    "family": ("marital", "marriage", "married", "civil status", "family status", "personal status", "hon nhan"),
}
_SPECIAL: Mapping[str, tuple[str, ...]] = {
    "ethnicity": (
        "race",
        "ethnic",
        "ethnicity",
        "ethnie",
        "skin colour",
        "skin color",
        "caste",
        "dan toc",
        "chung toc",
    ),
    "religion": ("religion", "religious", "faith", "church", "confession", "ton giao"),
    "health": (
        "health",
        "disease",
        "diagnosis",
        "disability",
        "disabled",
        "illness",
        "medical",
        "medication",
        "hiv",
        "pregnant",
        "pregnancy",
        "icd",
        "icd10",
        "blood pressure",
        "cholesterol",
        "bmi",
        "suc khoe",
        "khuyet tat",
        "chan doan",
    ),
    "politics": ("political", "politics", "political party", "vote", "voted", "dang vien"),
    "union": ("trade union", "union member", "union membership", "cong doan"),
    "orientation": ("sexual orientation", "sexuality", "sex life"),
    "genetic": ("genetic", "genome", "genotype", "dna"),
    "biometric": ("biometric", "fingerprint", "iris scan", "face embedding", "voiceprint"),
}
_VALUES: Mapping[str, frozenset[str]] = {
    "sex": _words("male female man woman men women m f w nam nữ nu männlich weiblich diverse divers other"),
    "ethnicity": _phrases(
        "white, black, asian, hispanic, latino, caucasian, african american, native american, asian-pac-islander, "
        "amer-indian-eskimo, kinh, tày, thái, mường, khmer, hmong, other"
    ),
    "religion": _phrases(
        "christian, catholic, protestant, muslim, islam, hindu, jewish, buddhist, sikh, atheist, orthodox, none, "
        "other, phật giáo, công giáo, không"
    ),
    "family": _phrases(
        "single, married, divorced, widowed, separated, never-married, married-civ-spouse, married-spouse-absent, "
        "married-af-spouse, độc thân, đã kết hôn, ly hôn"
    ),
}
_TELLING = 2  # values of a kind that must be there before a column is taken for one of that kind


def words_of(name: str) -> tuple[str, ...]:
    """The words in a column's name: without accents, in lower case, taken apart at signs and humps.

    `GioiTinh`, `giới_tính` and `gioi tinh` all give ("gioi", "tinh").
    """
    humps = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(c for c in unicodedata.normalize("NFKD", humps) if not unicodedata.combining(c))
    return tuple(re.findall(r"[a-z]+|[0-9]+", plain.lower()))


def _says(name: str, phrases: Sequence[str]) -> bool:
    words = f" {' '.join(words_of(name))} "
    return any(f" {phrase} " in words for phrase in phrases)


def guess_key(columns: Sequence[Seen]) -> Guess | None:
    """A column with a value of its own for each row, and a name or a place that fits."""
    for seen in columns:
        if seen.is_unique and seen.can_name and set(words_of(seen.name)) & _NAMING:
            return Guess(seen.name, 0.95, "unique-name")
    first = columns[0] if columns else None
    if first is not None and first.is_unique and first.type == "text" and first.rows > _CLASSES:
        return Guess(first.name, 0.7, "unique-first")
    return None


def guess_subject(columns: Sequence[Seen]) -> Guess | None:
    """A column that names a person: `customer_id`, `patient number`."""
    for seen in columns:
        words = set(words_of(seen.name))
        names_person = words & _PEOPLE and words & _NAMING
        if names_person and seen.can_name and seen.distinct > _FEW:
            return Guess(seen.name, 0.9, "person")
    return None


def guess_time(columns: Sequence[Seen]) -> Guess | None:
    """The one column of dates or times, where there is only one that is not about somebody's birth."""
    found = [seen for seen in columns if seen.type in {"date", "datetime"} and not _says(seen.name, _PROTECTED["age"])]
    if len(found) != 1:
        return None
    return Guess(found[0].name, 0.9 if set(words_of(found[0].name)) & _TIMES else 0.6, "only-time")


def guess_target(columns: Sequence[Seen]) -> Guess | None:
    """A column called as targets are called, else the last one, if it has two values."""
    able = [seen for seen in columns if _FEW <= seen.distinct <= _CLASSES and not seen.is_unique]
    named = [seen for seen in able if set(words_of(seen.name)) & _TARGETS]
    if named:
        best = named[-1]  # a target stands last more often than first
        return Guess(best.name, 0.95 if best.distinct == _FEW else 0.8, "target-name")
    if able and able[-1] is columns[-1] and able[-1].distinct == _FEW:
        return Guess(able[-1].name, 0.7, "last-of-two")
    return None


def guess_positive(target: Seen) -> str | None:
    """The value that counts as yes: by its word, else the rarer one; None where there are not just two."""
    if len(target.values) != _FEW:
        return None
    for word in _YES:
        for value in target.values:
            if value.strip().lower() == word:
                return value
    return min(sorted(target.values), key=lambda value: target.values[value])


def guess_protected(seen: Seen) -> tuple[str, float] | None:
    """Why a column may be one that nobody should be judged by, and how sure that is."""
    special = guess_special(seen)
    if special is not None:
        return special
    return _sensitive(seen, _PROTECTED, ("sex", "family"))


def guess_special(seen: Seen) -> tuple[str, float] | None:
    """Which special category (Art. 9 GDPR) a column may hold, and how sure that is."""
    return _sensitive(seen, _SPECIAL, ("ethnicity", "religion"))


def _sensitive(seen: Seen, names: Mapping[str, tuple[str, ...]], kinds: Sequence[str]) -> tuple[str, float] | None:
    for kind, phrases in names.items():
        if _says(seen.name, phrases):
            return kind, 0.9
    values = {value.strip().lower() for value in seen.values}
    for kind in kinds:
        telling = (values & _VALUES[kind]) - {"other", "none", "không"}
        if seen.type == "text" and len(telling) >= _TELLING:
            return kind, 0.5 + 0.4 * len(values & _VALUES[kind]) / len(values)
    return None
