"""The one table of verbs: names, arguments, and the module that is loaded when a verb is chosen.

The desktop's actions carry the same verbs. Help texts lie in resources/texts under `verb.<noun>_<verb>` and
`argument.<name>`; this module holds none, and imports nothing heavy: `surefoot --help` has 0.15 seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Argument:
    """One word or option of a verb.

    Attributes:
        name: the key under which the verb finds it, and its help.
        flags: the option's spelling; empty for a word that stands by itself.
        settings: what argparse takes beside (`nargs`, `action`, `choices`, `default`, `type`).
    """

    name: str
    flags: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that can be done.

    Attributes:
        words: `("dataset", "add")`.
        place: module and function, `surefoot.cli.datasets:add`.
        arguments: its own words and options.
        hidden: ours alone, not shown in help.
    """

    words: tuple[str, ...]
    place: str
    arguments: tuple[Argument, ...] = ()
    hidden: bool = False

    @property
    def key(self) -> str:
        """Its key in the texts."""
        return "_".join(self.words).replace("-", "_")


def count(text: str) -> int:
    """A whole number above 0.

    Raises:
        ValueError: it is none; argparse tells it.
    """
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def share(text: str) -> float:
    """A part of a whole, `1%` or `0.01`.

    Raises:
        ValueError: it is neither; argparse tells it.
    """
    part = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if not 0 < part <= 1:
        raise ValueError(text)
    return part


def word(name: str, **settings: Any) -> Argument:
    """A word that stands by itself."""
    return Argument(name, (), settings)


def option(name: str, **settings: Any) -> Argument:
    """An option that takes a value (or, with `action`, none)."""
    return Argument(name, ("--" + name.replace("_", "-"),), settings)


def switch(name: str) -> Argument:
    """An option that is there or not."""
    return option(name, action="store_true")


COMMON = (
    option("project"),
    switch("json"),
    option("lang", choices=("en", "vi")),
    switch("explain"),
    option("passphrase_file"),
)

_DATASET_TEXTS = tuple(
    option(name)
    for name in (
        "plan",
        "name",
        "target",
        "positive",
        "subject",
        "group",
        "time",
        "owner",
        "purpose",
        "legal_basis",
        "jurisdiction",
        "expiry",
        "test",
        "split",
        "delimiter",
        "encoding",
        "decimal",
        "date_format",
    )
)
_DATASET_LISTS = tuple(
    option(name, action="append", default=[])
    for name in ("key", "protected", "special", "ignore", "drop", "missing", "type")
)

VERBS = (
    Verb(("init",), "surefoot.cli.project:init", (word("folder", nargs="?"), option("name"), option("person"))),
    Verb(
        ("dataset", "add"),
        "surefoot.cli.datasets:add",
        (
            word("source"),
            *_DATASET_TEXTS,
            *_DATASET_LISTS,
            option("split_by", choices=("key", "group", "time", "row")),
            switch("no_header"),
            switch("reference"),
        ),
    ),
    Verb(("dataset", "list"), "surefoot.cli.datasets:list_"),
    Verb(("dataset", "show"), "surefoot.cli.datasets:show", (word("dataset"),)),
    Verb(("dataset", "diff"), "surefoot.cli.datasets:diff", (word("before"), word("after"))),
    Verb(("dataset", "check"), "surefoot.cli.datasets:check", (word("dataset"),)),
    Verb(
        ("experiment", "new"),
        "surefoot.cli.experiments:new",
        (word("name"), option("template", default="tabular-classification"), option("dataset")),
    ),
    Verb(
        ("experiment", "try"),
        "surefoot.cli.experiments:try_",
        (word("recipe"), option("share", type=share, default=0.01)),
    ),
    Verb(("experiment", "start"), "surefoot.cli.experiments:start", (word("recipe"), switch("detach"))),
    Verb(
        ("run", "list"),
        "surefoot.cli.runs:list_",
        (option("where"), option("sort"), option("limit", type=count, default=50)),
    ),
    Verb(("run", "show"), "surefoot.cli.runs:show", (word("run"),)),
    Verb(("run", "log"), "surefoot.cli.runs:log", (word("run"), switch("follow"))),
    Verb(("run", "compare"), "surefoot.cli.runs:compare", (word("runs", nargs="+"), switch("all"))),
    Verb(("run", "cancel"), "surefoot.cli.runs:cancel", (word("run"),)),
    Verb(("run", "reproduce"), "surefoot.cli.runs:reproduce", (word("run"),)),
    Verb(
        ("check", "run"),
        "surefoot.cli.checks:run",
        (word("run"), option("kind", action="append", default=[])),
    ),
    Verb(("check", "list"), "surefoot.cli.checks:list_", (word("run", nargs="?"),)),
    Verb(("advisories", "import"), "surefoot.cli.advisories:import_", (word("file"),)),
    Verb(("policy", "show"), "surefoot.cli.releases:policy_show", (word("policy", nargs="?"),)),
    Verb(("policy", "adopt"), "surefoot.cli.releases:policy_adopt", (word("file"),)),
    Verb(
        ("release", "draft"),
        "surefoot.cli.releases:draft",
        (
            word("run"),
            option("name"),
            option("release_version"),
            option("environment", action="append", default=[]),
            option("trade_off"),
        ),
    ),
    Verb(("release", "check"), "surefoot.cli.releases:check", (word("release"),)),
    Verb(("release", "approve"), "surefoot.cli.releases:approve", (word("release"), option("reason"))),
    Verb(("release", "refuse"), "surefoot.cli.releases:refuse", (word("release"), option("reason"))),
    Verb(
        ("release", "waive"),
        "surefoot.cli.releases:waive",
        (word("release"), word("check"), option("reason"), option("days", type=count), switch("end")),
    ),
    Verb(("release", "sign"), "surefoot.cli.releases:sign", (word("release"),)),
    Verb(("release", "export"), "surefoot.cli.carrying:export", (word("release"), word("capsule"), switch("spdx"))),
    Verb(
        ("release", "verify"),
        "surefoot.cli.carrying:verify",
        (
            word("capsule"),
            option("anchor", required=True),
            Argument("digest", ("--release",), {"required": True}),
            Argument("place", ("--environment",), {"required": True}),
        ),
    ),
    Verb(("release", "list"), "surefoot.cli.releases:list_"),
    Verb(("release", "show"), "surefoot.cli.releases:show", (word("release"),)),
    Verb(
        ("deploy",),
        "surefoot.cli.deployments:deploy",
        (
            word("release"),
            word("environment", nargs="?"),
            Argument("handed", ("--target",), {"choices": ("process", "folder"), "default": "process"}),
            Argument("handed_to", ("--out",)),
        ),
    ),
    Verb(
        ("score",),
        "surefoot.cli.scoring:score",
        (
            word("file"),
            Argument("output", ("--out",)),
            option("environment"),
            option("release"),
            option("keep", action="append", default=[]),
        ),
    ),
    Verb(("status",), "surefoot.cli.deployments:status"),
    Verb(("stop",), "surefoot.cli.deployments:stop", (word("environment", nargs="?"), option("reason"))),
    Verb(("drill", "stop"), "surefoot.cli.deployments:drill_stop", (word("environment", nargs="?"), option("reason"))),
    Verb(
        ("lift",),
        "surefoot.cli.deployments:lift",
        (word("environment", nargs="?"), option("release"), option("reason")),
    ),
    Verb(
        ("rollback",),
        "surefoot.cli.deployments:rollback",
        (word("environment", nargs="?"), option("to"), option("reason")),
    ),
    Verb(("audit", "verify"), "surefoot.cli.audit:verify", (option("anchor"),)),
    Verb(
        ("audit", "explain"),
        "surefoot.cli.audit:explain",
        (word("deployment", nargs="?"), option("at")),
    ),
    Verb(
        ("audit", "answer"),
        "surefoot.cli.audit:answer",
        (word("request"), option("body"), Argument("output", ("--out",))),
    ),
    Verb(
        ("audit", "report"),
        "surefoot.cli.audit:report_",
        (word("deployment", nargs="?"), option("at"), option("output")),
    ),
    Verb(("notebook", "check"), "surefoot.cli.notebooks:check", (word("file"),)),
    Verb(("notebook", "import"), "surefoot.cli.notebooks:import_", (word("file"), word("name"))),
    Verb(("catalog", "rebuild"), "surefoot.cli.project:rebuild"),
    Verb(("explain",), "surefoot.cli.project:explain", (word("topic", nargs="?"),)),
    Verb(("lesson",), "surefoot.cli.lessons:show", (word("lesson", nargs="?"),)),
    Verb(("doctor",), "surefoot.cli.project:doctor"),
    Verb(
        ("sample", "run"),
        "surefoot.cli.sample:run",
        (switch("fresh"), switch("keep_serving"), option("folder")),
    ),
    Verb(("supervise",), "surefoot.cli.supervise:supervise", hidden=True),
)
