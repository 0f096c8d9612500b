"""MLflow's search filters, as far as they compare: `params.depth = '3' AND metrics.auc >= 0.9 AND tags.team != 'blue'`.

LIKE, ILIKE, IN and IS are refused, never ignored.
"""

from __future__ import annotations

import operator
import re
from typing import Any, Callable, Mapping

from surefoot.payloads.agent.wire import RefusalError

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
# Texts, compiled (and then kept) by `re` when the first filter comes: the agent starts faster without.
_TERM = (
    r"\s*(?:(?P<kind>\w+)\.)?(?P<key>[\w.-]+|`[^`]+`|\"[^\"]+\")\s*"
    r"(?P<op>==|!=|>=|<=|=|>|<)\s*(?P<value>" + _QUOTED + r"|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*"
)
_AND = r"(?i:and)\b"
_KINDS = {"param": "params", "parameter": "params", "tag": "tags", "metric": "metrics"}
_ATTRIBUTES = ("attribute", "attributes", "attr", "run", None)


def matches(text: str, values: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a filter holds for something.

    Args:
        text: the filter; an empty one holds for everything.
        values: `params`, `tags`, `metrics` and `attributes` by name. What lacks a name does not match.

    Raises:
        RefusalError: the filter is not of the kind that is understood.
    """
    place, is_match = 0, True
    while text.strip():
        term = re.compile(_TERM).match(text, place)
        if not term:
            raise RefusalError(400, "a run's own endpoint understands comparisons joined by AND, not: " + text)
        is_match = _holds(term, values) and is_match
        place = term.end()
        if place == len(text):
            break
        joined = re.compile(_AND).match(text, place)
        if not joined:
            raise RefusalError(400, "a run's own endpoint understands comparisons joined by AND, not: " + text)
        place = joined.end()
    return is_match


def _holds(term: re.Match[str], values: Mapping[str, Mapping[str, Any]]) -> bool:
    kind = term["kind"]
    group = values.get("attributes" if kind in _ATTRIBUTES else _KINDS.get(kind, kind))
    if group is None:
        raise RefusalError(400, "there is nothing called " + str(kind) + " to filter by")
    known = group.get(term["key"].strip('`"'))
    if known is None:
        return False
    wanted: Any = term["value"]
    wanted = wanted[1:-1] if wanted[0] in "'\"" else float(wanted)
    if isinstance(wanted, float) != isinstance(known, (int, float)):
        raise RefusalError(400, "the filter compares a number with a text: " + term[0].strip())
    return _OPERATORS[term["op"]](known, wanted)
