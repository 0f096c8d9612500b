"""The worker's part of the fairness check: rows in, rates of groups out. No row leaves it, only counts and rates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import msgspec
import numpy as np
import polars as pl

from surefoot.checks import answers, claims, grouping, statistics
from surefoot.checks.answers import Floats
from surefoot.checks.facts import FEWEST_ROWS, Measure
from surefoot.checks.fairness import CROSSED, METRICS, SIZE
from surefoot.checks.gaps import DEFINITIONS, Compared, Definition, Gap, Group, People, crossed, smallest_base
from surefoot.trail.canonical import decimal
from surefoot.workers import Request

_NAMED = 5
_PAIRS = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Everybody who was asked about.

    Attributes:
        table: the truth and the protected columns. chance: probabilities, shape [rows, repeats]; NaN where left out.
        guess: the model's own answers where only held-out rows are looked at and no share is to be approved.
        claimed: how many of the rows are answered as the run itself says; they come first.
    """

    table: pl.DataFrame
    chance: Floats | None
    guess: answers.Bools | None
    claimed: int


def measure(request: Request) -> dict[str, Any]:
    """Compares the groups of the request's `columns`.

    Returns:
        `measures`, the number of `rows`, and `evidence` with every group's size and rates.

    Raises:
        InputRefusedError: the rows do not fit the model, a column is not there, or the run's answers cannot be used.
    """
    asker = answers.open_asker(request)
    definition: Definition = request["settings"]["definition"]
    metric = METRICS[definition]
    asked = _everybody(request, asker)
    share = None if asker.positive is None else _shares(asked, float(request["settings"]["approve"]))
    if share is None or asker.positive is None:
        lost = Measure(metric, None, why="no_positive")
        return {"measures": [msgspec.to_builtins(lost)], "rows": len(asked.table), "evidence": {}}
    truth = answers.truth_of(asked.table, str(request["target"]), asker.positive)
    people = People(share, truth, seed=int(request["seed"]))
    bands = request["settings"]["bands"]
    single = [grouping.group(asked.table[name], bands) for name in request["columns"]]
    found = {name: [people.compare(one, name) for one in single] for name in DEFINITIONS}
    both = [people.compare(crossed(one, other), definition) for one, other in combinations(single, 2)]
    said = {"positive": asker.positive, "claimed": str(asked.claimed)}
    measures = _measures(found, definition, said) + _crossed(both, said)
    evidence = _evidence(asked, found[definition], both, said) | {"seed": int(request["seed"])}
    return {
        "measures": [msgspec.to_builtins(one) for one in measures],
        "rows": len(asked.table),
        "evidence": answers.plain(evidence),
    }


def _everybody(request: Request, asker: answers.Asker) -> Asked:
    """Held-out rows with the model's answers, and training rows with the run's own, where it gave them."""
    columns = list(request["columns"])
    held = answers.known_rows(request, "rows", [*asker.columns, *columns])
    given = asker.ask(held, answers.told_by(request, "checks.fairness"))
    target = str(request["target"])
    kept = list(dict.fromkeys([target, *columns]))
    alone = Asked(held.select(kept), None if given.score is None else given.score[:, None], given.guess, 0)
    if "answers" not in request.files or given.score is None:
        return alone
    train = pl.read_parquet(request.files["train"].open("rb"), columns=kept)
    claimed = claims.read(request.files["answers"], len(train), "cross_fit.parquet")
    known = train[target].is_not_null().to_numpy() & ~np.isnan(claimed).all(axis=1)
    if not known.any():
        return alone
    chance = np.concatenate([claimed[known], np.repeat(given.score[:, None], claimed.shape[1], axis=1)])
    return Asked(pl.concat([train.filter(pl.Series(known)), held.select(kept)]), chance, None, int(known.sum()))


def _shares(asked: Asked, approve: float) -> Floats | None:
    """How often each row gets a yes: by the model's own answer, or by being among the best where a share is set."""
    if asked.guess is not None and not approve:
        return asked.guess.astype(np.float64)
    if asked.chance is None:
        return None
    if not approve:
        yes = asked.chance > answers.HALF
    else:
        yes = asked.chance >= np.nanquantile(asked.chance, 1 - approve, axis=0, method="higher")
    there = ~np.isnan(asked.chance)
    shares: Floats = (yes & there).sum(axis=1) / there.sum(axis=1)
    return shares


def _measures(
    found: Mapping[Definition, Sequence[Compared]], definition: Definition, said: Mapping[str, str]
) -> list[Measure]:
    """The chosen definition first, then how large the groups are, then the other definitions as asides."""
    gaps = {name: [gap for one in compared for gap in one.gaps] for name, compared in found.items()}
    measures = [_gap(METRICS[definition], gaps[definition], said), _sizes(found[definition], definition)]
    return measures + [
        _gap(METRICS[name], gaps[name], said) for name in DEFINITIONS if name != definition and gaps[name]
    ]


def _gap(metric: str, gaps: Sequence[Gap], said: Mapping[str, str]) -> Measure:
    if not gaps:
        return Measure(metric, None, why="one_group")
    worst = max(gaps, key=lambda gap: gap.figure)
    pair = (worst.more, worst.less)
    names = {
        **said,
        "more": worst.more.label,
        "less": worst.less.label,
        "more_percent": f"{100 * worst.more.rates[worst.base]:.1f}",
        "less_percent": f"{100 * worst.less.rates[worst.base]:.1f}",
    }
    smallest = min(group.rows[worst.base] for group in pair)
    return Measure(metric, decimal(worst.figure), decimal(worst.low), decimal(worst.high), smallest, names=names)


def _sizes(compared: Sequence[Compared], definition: Definition) -> Measure:
    """The smallest group: below the least number of rows it is named, and nothing is said of it."""
    sizes = sorted((smallest_base(group, definition), group.label) for one in compared for group in one.groups)
    if not sizes:
        return Measure(SIZE, None, why="no_values")
    small = [f"{label} ({size})" for size, label in sizes if size < FEWEST_ROWS]
    named = "; ".join(small[:_NAMED]) + (f"; … {len(small)}" if len(small) > _NAMED else "")
    size, label = sizes[0]
    return Measure(SIZE, str(size), smallest=size, names={"groups": named, "group": label, "count": str(size)})


def _crossed(compared: Sequence[Compared], said: Mapping[str, str]) -> list[Measure]:
    gaps = [gap for one in compared for gap in one.gaps]
    if not gaps:
        return []
    left_out = sum(len(one.small) for one in compared)
    return [_gap(CROSSED, gaps, {**said, "left_out": str(left_out)})]


def _evidence(
    asked: Asked, single: Sequence[Compared], both: Sequence[Compared], said: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "rows": len(asked.table),
        "rows_claimed_by_the_run": asked.claimed,
        "repeats": 1 if asked.chance is None or not asked.claimed else asked.chance.shape[1],
        "positive": said["positive"],
        "columns": [_told(one) for one in single],
        "crossed": [_told(one) for one in both],
        "methods": {"interval": "percentile bootstrap over people, 2000 draws, 95 %", "rate": "Wilson 1927, 95 %"},
    }


def _told(one: Compared) -> dict[str, Any]:
    return {
        "columns": list(one.grouping.columns),
        "rows_without_group": int((one.grouping.codes < 0).sum()),
        "groups": [_group(group, is_small=group in one.small) for group in one.groups[:_PAIRS]],
        "pairs": [
            {
                "more": gap.more.label,
                "less": gap.less.label,
                "among": gap.base,
                "gap": gap.figure,
                "low": gap.low,
                "high": gap.high,
            }
            for gap in one.gaps[:_PAIRS]
        ],
    }


def _group(group: Group, *, is_small: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"group": group.label, "rows": dict(group.rows), "too_small": is_small}
    if not is_small:
        rows = group.rows["all"]
        interval = statistics.share_of(group.rates["all"], rows)
        told |= {
            "yes": group.rates["all"],
            "yes_low": interval.low,
            "yes_high": interval.high,
            "rates": dict(group.rates),
        }
    return told
