"""`surefoot init`, `catalog rebuild`, `explain`, `doctor`."""

import shutil
import tomllib

from surefoot import resources
from surefoot.cli.call import Answer, Call
from surefoot.cli.table import VERBS
from surefoot.errors import Code, UsageError
from surefoot.people import has_store
from surefoot.trail import Verdict
from surefoot.workbench import Workbench, verify_folder

_LITTLE_SPACE = 1 << 30
_FAILED, _BROKEN = 3, 7


def init(call: Call) -> Answer:
    """Makes a project: identity, keys, the first line of the record."""
    folder = call.start / (call["folder"] or ".")
    in_store = has_store() and not call["passphrase_file"]
    passphrase = None if in_store else call.new_passphrase()
    with Workbench.create(
        folder,
        name=call["name"] or folder.name,
        person=call["person"] or call.ask("say.cli.person"),
        passphrase=passphrase,
    ) as made:
        ws = made.ws
    where = call.words("say.project.in_keyring" if in_store else "say.project.in_file")
    lines = (call.words("say.project.init_done", path=folder, ws=ws), call.words("say.project.init_key", where=where))
    return Answer({"project": str(folder), "ws": ws}, lines)


def rebuild(call: Call) -> Answer:
    """Computes the catalog anew from the record."""
    count = call.workbench.catalog.rebuild(progress=call.progress)
    return Answer({"events": count}, (call.words("say.project.rebuilt", count=count),))


def explain(call: Call) -> Answer:
    """Explains an error code or a step."""
    topics = [verb.key for verb in VERBS if call.words.has(f"why.{verb.key}")]
    topic = call["topic"]
    if topic is None:
        return Answer({"topics": topics}, (call.words("say.project.explain_list"), *(f"  {name}" for name in topics)))
    code = topic.upper()
    if code in set(Code):
        text = _error(code)[call.words.language]
        return Answer({"topic": code, **text}, (text["what"], text["means"], text["do"]))
    wanted = topic.replace(" ", "_").replace("-", "_")
    found = [name for name in topics if name == wanted] or [name for name in topics if name.startswith(wanted)]
    if not found:
        raise UsageError(Code.NO_TOPIC, topic=topic)
    told = {name: call.words(f"why.{name}") for name in found}
    return Answer(told, tuple(f"{name.replace('_', ' ')}\n  {text}" for name, text in told.items()))


def _error(code: str) -> dict[str, dict[str, str]]:
    """The raw texts of a code, placeholders and all, by language."""
    texts = {}
    for language in ("en", "vi"):
        with resources.path("texts", f"{language}.toml").open("rb") as file:
            texts[language] = tomllib.load(file)["error"][code]
    return texts


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
        found.append(("record", not broken, verdict.value))
        if not broken:
            count = call.workbench.catalog.one("SELECT count(*) AS lines FROM events") or {"lines": 0}
            lines_there = sum(call.workbench.trail.sizes().values())
            found.append(("catalog", count["lines"] == lines_there, f"{count['lines']:,}"))
    data = {name: {"ok": ok, "detail": detail} for name, ok, detail in found}
    lines = tuple(
        f"{call.words('say.project.ok' if ok else 'say.project.not_ok')}: "
        f"{call.words(f'say.doctor.{name}')} {detail}".rstrip()
        for name, ok, detail in found
    )
    # A missing key store or git is worth knowing and nothing is wrong with it.
    is_well = all(ok for name, ok, _ in found if name not in {"keystore", "git"})
    return Answer(data, lines, _BROKEN if broken else 0 if is_well else _FAILED)
