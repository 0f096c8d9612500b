"""docs/benchmarks.md from findings: a section for each row, with a table, what became of its goals, and how it grows.

A section that is measured again takes the place of the old one; all others stay as they are. So the page itself is all
that is kept, and each section says by itself when, where and with what it was measured.
"""

import math
import os
import re
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

Finding = Mapping[str, Any]

TITLES = {
    "4": "1,000 metric points of one run, one by one",
    "4b": "Many points in one run, whole process, durable at the end",
    "5": "Runs created with 10 parameters and 5 metrics each, through the trail",
    "6": "Filter and sort runs",
    "9": "Start of the command line",
    "10": "The table of runs in the desktop, offscreen",
    "11": "Append signed events, durable",
    "12": "Verify the trail",
    "13": "Rebuild the catalog from the trail",
    "14": "Serve one row a request, 16 connections",
    "15": "Serve 100 rows a request, 16 connections",
    "16": "A service from its start to its first answer, and its memory",
    "17": "Cost of a local run beside its own work",
    "checks": "Each check of a model, as a command",
}
PREFACE = """# Benchmarks

Written by `sh packaging/bench.sh [ROW...]`, a section for each row of the performance goals; a row that is measured
alone leaves the others as they are. Figures are medians, with the least and the greatest of the rounds in brackets.
Ours and what stands beside it were measured in turn, on the same machine in the same minutes: read the ratios (ours ÷
beside) and not the absolute times, since the machine is shared. Where the load average is above the number of cores,
they are longer than on a machine that is free, and a goal in seconds may be missed for that reason alone. *Beside* is
a peer by its name, or a limit: what the machine or the engine takes for the bare work.
"""
_PEERS = ("MLflow", "mlflow", "W&B", "Aim", "trackio", "FastAPI", "Starlette")
_GOAL = re.compile(r"(?P<sign>[≤≥]) (?P<number>[\d.,]*\d)(?P<times>×?)[^\d]*?(?: (?:at|with) (?P<size>[\d,]*\d))?\s*$")
_FLAT = 1.25
_SECTION = re.compile(r"(?m)^## (\w+)\. ")


def written(old: str, findings: Sequence[Finding], *, measured: str) -> str:
    """The page with the sections of these findings in place of their old ones.

    Args:
        old: the page as it was, empty where there was none.
        findings: of the rows that were measured.
        measured: day, machine and versions.
    """
    parts = _SECTION.split(old)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    sections = {row: f"## {row}. {text.rstrip()}\n" for row, text in sections.items()}
    table: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        table[str(finding["row"])].append(finding)
    sections |= {row: _section(row, found, measured) for row, found in table.items()}
    ordered = sorted(sections, key=_place)
    return "\n".join((PREFACE, *(sections[row] for row in ordered)))


def _place(row: str) -> tuple[float, str]:
    """Numbered rows in order, those with a name behind them."""
    number = row.rstrip("b")
    return (int(number) if number.isdigit() else math.inf, row)


def _section(row: str, findings: Sequence[Finding], measured: str) -> str:
    lines = [f"## {row}. {TITLES[row]}", "", measured, ""]
    loads = [one["load"] for one in findings if "load" in one]
    if loads:
        lines[-1:] = [f"Load average meanwhile, ours included: {statistics.median(loads):.1f}.", ""]
    lines += [
        "| what | size | ours | beside | ratio | unit | goal |",
        "| --- | ---: | ---: | ---: | ---: | --- | --- |",
    ]
    for one in findings:
        beside = "–"
        if one.get("peer"):
            beside = f"{one['peer']} {_spread(one['peer_or_limit'], one.get('beside_spread'))}"
        cells = [one["what"], f"{one['size']:,}", _spread(one["ours"], one.get("spread")), beside]
        cells += (_figure(one.get("ratio")), one["unit"], one.get("goal") or "–")
        lines.append("| " + " | ".join(cells) + " |")
    said = [*_verdicts(findings), *_growth(findings)]
    return "\n".join((*lines, "", *(f"- {text}" for text in said))).rstrip() + "\n"


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def _spread(value: float, spread: Sequence[float] | None) -> str:
    if not spread or spread[0] == spread[1]:
        return _figure(value)
    return f"{_figure(value)} ({_figure(spread[0])}–{_figure(spread[1])})"


def _verdicts(findings: Sequence[Finding]) -> list[str]:
    """In words what became of each goal; one that several findings share is told by the worst of them."""
    judged: dict[tuple[str, str], list[tuple[float, Finding]]] = defaultdict(list)
    for one in findings:
        goal = _GOAL.match(one.get("goal") or "")
        if goal and (not goal["size"] or int(goal["size"].replace(",", "")) == one["size"]):
            about = str(one["peer"]) if goal["times"] else "" if goal["size"] is None else str(one["what"])
            judged[one["goal"], about].append((_share(goal, one), one))
    return [_verdict(goal, found) for (goal, _), found in judged.items()]


def _share(goal: re.Match[str], one: Finding) -> float:
    """What was reached, as a share of the goal: 1 or more where it is met."""
    number = float(goal["number"].replace(",", ""))
    value = _times(one) if goal["times"] else float(one["ours"])
    if value <= 0:
        return math.inf if goal["sign"] == "≤" else 0.0
    return value / number if goal["sign"] == "≥" else number / value


def _times(one: Finding) -> float:
    """How many times better than its peer."""
    return float(one["ratio"] if _is_rate(one) else 1 / one["ratio"])


def _is_rate(one: Finding) -> bool:
    return str(one["unit"]).endswith("/s")


def _verdict(goal: str, found: Sequence[tuple[float, Finding]]) -> str:
    share, worst = min(found, key=lambda pair: pair[0])
    parsed = _GOAL.match(goal)
    reached = f"{_figure(worst['ours'])} {worst['unit']}"
    if parsed and parsed["times"]:
        reached = f"{_figure(_times(worst))}× {worst['peer']}"
    where = f"{worst['what']}, {worst['size']:,}"
    many = f"all {len(found)}, the worst of them " if len(found) > 1 else ""
    if share >= 1:
        return f"Goal {goal}: **met** by {many}{where}: {reached}."
    if _is_impossible(goal, worst):
        said = "**impossible here**"
        if worst.get("load", 0) > (os.cpu_count() or 1):
            said = f"**not to be judged** on a machine this busy (load average {worst['load']:.1f})"
        limit = f"{worst['peer']} by itself reaches {_figure(worst['peer_or_limit'])} {worst['unit']}"
        return f"Goal {goal}: {said}; {where}: {reached}, and {limit}."
    missed = sum(1 for part, _ in found if part < 1)
    few = f" by {missed} of {len(found)}, the worst of them" if len(found) > 1 else " by"
    return f"Goal {goal}: **missed**{few} {where}: {reached}."


def _is_impossible(goal: str, one: Finding) -> bool:
    """Whether what stands beside is this machine's limit, and misses the goal itself."""
    parsed = _GOAL.match(goal)
    if not parsed or parsed["times"] or not one.get("peer") or one["peer"].startswith(_PEERS):
        return False
    return _share(parsed, {**one, "ours": one["peer_or_limit"]}) < 1


def _growth(findings: Sequence[Finding]) -> list[str]:
    """How the time of each work grows from its smallest to its largest size: as a power of the size."""
    series: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in findings:
        if one["unit"] in ("s", "ms", "MiB") or _is_rate(one):
            value = one["size"] / one["ours"] if _is_rate(one) else one["ours"]
            series[one["what"]][one["size"]].append(value)
    said = []
    flat: dict[str, list[str]] = defaultdict(list)
    for what, values in series.items():
        sizes = sorted(size for size in values if size > 0 and min(values[size]) > 0)
        if len(sizes) < 2:
            continue
        first, last = sizes[0], sizes[-1]
        ratio = statistics.median(values[last]) / statistics.median(values[first])
        if 1 / _FLAT < ratio < _FLAT:
            flat[f"from {first:,} to {last:,}"].append(what)
            continue
        power = math.log(ratio) / math.log(last / first)
        said.append(
            f"Growth, {what}: from {first:,} to {last:,} by {_figure(ratio)}, as size to the power {power:.2f}."
        )
    return said + [f"No growth {span}: {'; '.join(whats)}." for span, whats in flat.items()]
