"""Numbers and dates in other spellings than ours, as `1.234,56` and `31/12/2024`, brought into ours.

Runs in a worker. Only what the owner said is read so: 1.234 is another number with a decimal comma, and 1/2/2024
another day where the month comes first. What does not fit the spelling stays as what fits no number and no date.
"""

import re
from dataclasses import dataclass

from duckdb import CaseExpression, Expression

from surefoot.datasets.engine import call, constant

GROUPS = {",": ". \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", ".": ",' \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"}
"""Decimal sign to what may part thousands then."""
_NUMERIC = r"[0-9.,eE+-]+"
_PARTS = {"dd": "([0-9]{1,2})", "mm": "([0-9]{1,2})", "yyyy": "([0-9]{4})"}


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the numbers and the dates of a text are written.

    Attributes:
        decimal: the decimal sign; None for a point and no sign between thousands. dates: one of `facts.DATE_FORMATS`.
    """

    decimal: str | None = None
    dates: str | None = None

    def plain(self, value: Expression) -> Expression:
        """A trimmed value in our spelling, where it is a number or a date."""
        if self.decimal is not None:
            value = _number(value, self.decimal)
        return value if self.dates is None else _date(value, self.dates)


def _number(value: Expression, decimal: str) -> Expression:
    """Thousands lose their signs, a comma becomes the point; a point under a decimal comma becomes a misfit."""
    groups = f"[{GROUPS[decimal]}]"
    shape = rf"[+-]?[1-9][0-9]{{0,2}}({groups}[0-9]{{3}})+([{decimal}][0-9]*)?"
    whole = call("regexp_replace", value, constant(groups), constant(""), constant("g"))
    number = call("replace", whole, constant(","), constant("."))
    grouped = CaseExpression(call("regexp_full_match", value, constant(shape)), number)
    if decimal == ".":
        return grouped.otherwise(value)
    swapped = call("translate", value, constant(",."), constant(".,"))
    return grouped.when(call("regexp_full_match", value, constant(_NUMERIC)), swapped).otherwise(value)


def _date(value: Expression, form: str) -> Expression:
    """A date of this form as 2026-03-31, with the time of day that follows it, if one does."""
    names = re.findall("[a-z]+", form)
    sign = form[len(names[0])]
    shape = constant(re.escape(sign).join(_PARTS[name] for name in names) + "([ T].*)?")
    found = {name: call("regexp_extract", value, shape, constant(names.index(name) + 1)) for name in names}
    two = [call("lpad", found[name], constant(2), constant("0")) for name in ("mm", "dd")]
    rest = call("regexp_extract", value, shape, constant(len(names) + 1))
    ours = call("concat", found["yyyy"], constant("-"), two[0], constant("-"), two[1], rest)
    return CaseExpression(call("regexp_full_match", value, shape), ours).otherwise(value)
