"""`surefoot init`, `catalog rebuild`, `explain`, `doctor`."""

import re
import shutil
import tomllib
from collections.abc import Iterator

from surefoot import resources
from surefoot.audit import tables as events
from surefoot.cli.call import Answer, Call
from surefoot.cli.table import VERBS
from surefoot.cli.tables import plain
from surefoot.errors import Code, SurefootError, UsageError
from surefoot.people import has_store
from surefoot.runs import tables
from surefoot.runs.waking import Waker
from surefoot.texts import Words
from surefoot.trail import Verdict
from surefoot.workbench import Workbench, verify_folder

# What can be explained beside steps and codes.
_TOPICS = ("settings", "copies", "versions")
_LITTLE_SPACE = 1 << 30
_FAILED, _BROKEN = 3, 7
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def init(call: Call) -> Answer:
    """Makes a project: identity, keys, the first line of the record."""
    folder = call.start / (call["folder"] or ".")
    in_store = has_store() and not call["passphrase_file"]
    passphrase = None if in_store else call.new_passphrase()
    with Workbench.create(
        folder,
        name=call["name"] or folder.name,
        person=call["person"] or call.ask("say.cli.person", option="--person", verb="init"),
        passphrase=passphrase,
    ) as made:
        ws = made.ws
    where = call.words("say.project.in_keyring" if in_store else "say.project.in_file")
    lines = (
        call.words("say.project.init_done", path=plain(folder), ws=ws),
        call.words("say.project.init_key", where=where),
    )
    return Answer({"project": str(folder), "ws": ws}, lines)


def rebuild(call: Call) -> Answer:
    """Computes the catalog anew from the record."""
    count = call.workbench.catalog.rebuild(progress=call.progress)
    return Answer({"events": count}, (call.words("say.project.rebuilt", count=count),))


def explain(call: Call) -> Answer:
    """Explains an error code or a step."""
    places = {verb.key: f"why.{verb.key}" for verb in VERBS} | {name: f"topic.{name}" for name in _TOPICS}
    topics = {name: place for name, place in places.items() if call.words.has(place)}
    topic = call["topic"]
    if topic is None:
        first = call.words("say.project.explain_list")
        return Answer({"topics": list(topics)}, (first, *(f"  {name}" for name in topics)))
    code = topic.upper()
    if code in set(Code):
        text = _error(code)[call.words.language]
        return Answer({"topic": code, **text}, (text["what"], text["means"], text["do"]))
    wanted = topic.replace(" ", "_").replace("-", "_")
    found = [name for name in topics if name == wanted] or [name for name in topics if name.startswith(wanted)]
    if not found:
        raise UsageError(Code.NO_TOPIC, topic=topic)
    told = {name: call.words(topics[name]) for name in found}
    return Answer(told, tuple(f"{name.replace('_', ' ')}\n  {text}" for name, text in told.items()))


def _error(code: str) -> dict[str, dict[str, str]]:
    """The texts of a code by language; what only a real case can name stands in brackets."""
    texts = {}
    for language in ("en", "vi"):
        with resources.path("texts", f"{language}.toml").open("rb") as file:
            whole = tomllib.load(file)["error"][code]
        texts[language] = {part: _PLACEHOLDER.sub(r"‹\1›", whole[part]) for part in ("what", "means", "do")}
    return texts


def _project(bench: Workbench, words: Words) -> Iterator[tuple[str, bool, str]]:
    """What may be wrong with a project whose record is sound."""
    count = events.count(bench.catalog)
    yield "catalog", count == sum(bench.trail.sizes().values()), words.count(count)
    is_awake = Waker(bench.own_state, ()).is_awake()
    yield "supervisor", is_awake or not tables.is_any_going(bench.catalog), ""
    for name, executor in bench.executors.items():
        try:
            there = executor.describe()
        except SurefootError as error:
            yield "executor", False, f"{name}: {error.code}"
        else:
            yield "executor", True, f"{name}: {there.cores} CPU, {there.memory_bytes / 2**30:.1f} GiB"


def doctor(call: Call) -> Answer:
    """Looks for what may be wrong with the installation or the project."""
    found: list[tuple[str, bool, str]] = []
    free = shutil.disk_usage(call.start).free
    found.append(("disk", free > _LITTLE_SPACE, f"{free / 2**30:.1f} GiB"))
    found.append(("keystore", has_store(), ""))
    found.append(("git", shutil.which("git") is not None, ""))
    broken = False
    if Workbench.find(call.start) is not None:
        verdict = verify_folder(call.folder).verdict
        broken = verdict in {Verdict.FAIL, Verdict.INCOMPLETE}
        found.append(("record", not broken, call.words.term("verdict", verdict.value)))
        if not broken:
            found += _project(call.workbench, call.words)
    data = {name: {"ok": ok, "detail": detail} for name, ok, detail in found}
    lines = tuple(
        f"{call.words('say.project.ok' if ok else 'say.project.not_ok')}: "
        f"{call.words(f'say.doctor.{name}')} {detail}".rstrip()
        for name, ok, detail in found
    )
    # A missing key store or git is worth knowing and nothing is wrong with it.
    is_well = all(ok for name, ok, _ in found if name not in {"keystore", "git"})
    return Answer(data, lines, _BROKEN if broken else 0 if is_well else _FAILED)
