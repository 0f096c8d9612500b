"""What tests of checks ask again and again: the finding of a check, its parts, and the sentences of its outcomes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from surefoot.checks import rules
from surefoot.checks.facts import Case, Check, Finding, Limit, Measure
from surefoot.texts import Words
from surefoot.workers import quiet
from tests.fakes.credit import settled

# A figure, the upper end of its interval, its limit: passed, close, failed, and without a limit.
_OUTCOMES = (("0.04", "0.04", "0.05"), ("0.04", "0.06", "0.05"), ("0.06", "0.07", "0.05"), ("0.04", "0.04", ""))


def found(check: Check, case: Case, **chosen: Any) -> Finding:
    """What a check finds, with the settings that a test chooses."""
    finding = check.measure(replace(case, settings=settled(check, chosen)), progress=quiet, cancel=None)
    return rules.complete(check, finding, ())


def told(finding: Finding) -> Any:
    """The evidence, to be looked into."""
    return finding.evidence


def by_metric(finding: Finding) -> dict[str, Measure]:
    return {one.metric: one for one in finding.measures}


def holds_no_row(finding: Finding, table: pl.DataFrame) -> bool:
    """Whether the evidence names nothing of the made rows."""
    text = str(finding.evidence)
    return "pilot" not in text and all(str(value) not in text for value in table["amount"].head(50).to_list())


def sentences(check: str, metric: str, names: Mapping[str, str], language: str) -> list[str]:
    """The keys of the sentences of every outcome of a figure; each can be told."""
    keys = []
    for figure, high, limit in _OUTCOMES:
        one = Measure(metric, figure, figure, high, 100, names=names)
        limits = {metric: Limit("at_most", limit, "check")} if limit else {}
        sentence = rules.sentence_of(check, rules.judge(Finding((one,), 100, {}, limits), ()), 100)
        assert Words(language)(sentence.key, **sentence.values)
        keys.append(sentence.key)
    return keys
