"""The risks of a notebook in production, from its text alone. Pure.

What is looked for is what a study of published notebooks found to keep them from giving their figures again: cells run
out of order or edited afterwards, names that no cell defines, fixed paths, versions that nobody wrote down, no seed
(Pimentel et al., A Large-Scale Study About Quality and Reproducibility of Jupyter Notebooks, MSR 2019); and what makes
a figure wrong or a model dangerous: held-out data in training, secrets, pickles. A finding is a question to a person,
not a proof: names alone tell what holds test data.
"""

import ast
import builtins
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from surefoot.guide.notebooks.cells import Read
from surefoot.guide.notebooks.facts import Finding

_KNOWN = {*dir(builtins), "__name__", "__file__", "get_ipython", "display", "In", "Out", "_", "exit", "quit"}
_PATH = re.compile(
    r"^(?:/(?:home|Users|mnt|data|tmp|var|opt|content|kaggle|media|srv|root)/|[A-Za-z]:[\\/]|~[\\/]|\\\\)"
)
_SECRET_NAME = re.compile(
    r"(?:password|passwd|secret|api_?key|access_?key|auth_?token|token|credential)s?$", re.IGNORECASE
)
_SECRET = re.compile(
    r"^(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|sk-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|hf_[A-Za-z0-9]{30,})|^[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s:@]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_HELD_OUT = re.compile(r"(?:^|_)(?:test|val|valid|validation|holdout|held_?out|eval)(?:$|_|\d)", re.IGNORECASE)
_FITS = {"fit", "fit_transform", "fit_predict", "partial_fit", "fit_resample"}
_SEEDS = {
    "seed",
    "manual_seed",
    "set_seed",
    "default_rng",
    "RandomState",
    "Generator",
    "seed_everything",
    "set_random_seed",
}
_CHANCE = {
    "train_test_split", "shuffle", "sample", "KFold", "StratifiedKFold", "ShuffleSplit", "RandomForestClassifier",
    "RandomForestRegressor", "MLPClassifier", "MLPRegressor", "KMeans", "rand", "randn", "randint", "choice",
    "permutation", "normal", "uniform", "random",
}  # fmt: skip
_LOADS = {("pickle", "load"), ("pickle", "loads"), ("joblib", "load"), ("torch", "load"), ("dill", "load"),
          ("cloudpickle", "load"), ("pd", "read_pickle"), ("pandas", "read_pickle")}  # fmt: skip
_INSTALL = re.compile(r"\b(?:pip3?|conda|mamba|uv)\s+(?:pip\s+)?(?:install|add)\b(?P<what>.*)")
_MOST_SHOWN = 6


def findings(read: Sequence[Read]) -> tuple[Finding, ...]:
    """All that was found, in the order of the notebook; what concerns all of it comes first."""
    found = [*_order(read), *_unpinned(read), *_untested(read), *_unseeded(read), *_hidden(read)]
    for each in read:
        found += _of_cell(each)
    return tuple(sorted(set(found), key=lambda one: (one.cell, one.line, one.risk, one.detail)))


def _of_cell(read: Read) -> Iterator[Finding]:
    number = read.cell.number
    if read.problem is not None:
        yield Finding("syntax", number, *read.problem)
    for line, text in read.commands:
        install = _INSTALL.search(text)
        if install is None:
            yield Finding("shell", number, line, text[:80])
        elif not all("==" in word or word.startswith("-") for word in install["what"].split()):
            yield Finding("unpinned", number, line, text[:80])
    for node in ast.walk(read.tree or ast.Module([], [])):
        for risk, detail in _of_node(node):
            yield Finding(risk, number, getattr(node, "lineno", 0), detail)


def _of_node(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Constant(value=str(text)):
            if _PATH.match(text):
                yield "path", text[:80]
            if _SECRET.search(text):
                yield "secret", "…"
        case ast.Assign(targets=targets, value=ast.Constant(value=str(text))) if text:
            yield from (("secret", name) for name in map(_last_name, targets) if _SECRET_NAME.search(name))
        case ast.keyword(arg=str(name), value=ast.Constant(value=str(text))) if text and _SECRET_NAME.search(name):
            yield "secret", name
        case ast.Call(func=ast.Attribute(value=owner, attr=verb), args=given):
            yield from _of_call(_last_name(owner), verb, given)
        case _:
            pass


def _of_call(owner: str, verb: str, given: Sequence[ast.expr]) -> Iterator[tuple[str, str]]:
    if (owner, verb) in _LOADS:
        yield "pickle", f"{owner}.{verb}"
    if verb in _FITS:
        yield from (("leak", name) for name in _names(given) if _HELD_OUT.search(name))


def _order(read: Sequence[Read]) -> Iterator[Finding]:
    """Counters that do not rise: what was run is not what is read from top to bottom."""
    ran = [each.cell for each in read if each.cell.source.strip()]
    for before, after in pairwise([cell for cell in ran if cell.count is not None]):
        if (after.count or 0) <= (before.count or 0):
            yield Finding("order", after.number, 0, f"[{before.count}] → [{after.count}]")
    if any(cell.count is not None for cell in ran):
        yield from (Finding("order", cell.number, 0, "[ ]") for cell in ran if cell.count is None)


def _hidden(read: Sequence[Read]) -> Iterator[Finding]:
    """Names that no cell above has defined: the kernel knew them from a cell that is gone or stands below."""
    defined = set(_KNOWN)
    for each in read:
        if each.tree is None:
            return
        if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(each.tree)):
            return
        here = _defined(each.tree)
        for node in _used(each.tree):
            if node.id not in defined | here:
                yield Finding("hidden-name", each.cell.number, node.lineno, node.id)
        defined |= here


def _defined(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {(alias.asname or alias.name).split(".")[0] for alias in aliases}
            case _:
                pass
    return names


def _used(tree: ast.Module) -> Iterator[ast.Name]:
    seen: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in seen:
            seen.add(node.id)
            yield node


def _unpinned(read: Sequence[Read]) -> Iterator[Finding]:
    """Modules that are not Python's own: which versions they had is nowhere in a notebook."""
    found: list[str] = []
    for node in _nodes(read):
        match node:
            case ast.Import(names=aliases):
                found += [alias.name.split(".")[0] for alias in aliases]
            case ast.ImportFrom(module=str(module), level=0):
                found.append(module.split(".")[0])
            case _:
                pass
    foreign = sorted({name for name in found if name not in sys.stdlib_module_names})
    if foreign:
        more = " …" if len(foreign) > _MOST_SHOWN else ""
        yield Finding("unpinned", 0, 0, ", ".join(foreign[:_MOST_SHOWN]) + more)


def _untested(read: Sequence[Read]) -> Iterator[Finding]:
    is_tested = any(
        isinstance(node, ast.Assert) or (isinstance(node, ast.FunctionDef) and node.name.startswith("test"))
        for node in _nodes(read)
    )
    if not is_tested and any(each.cell.source.strip() for each in read):
        yield Finding("no-test", 0, 0, "")


def _unseeded(read: Sequence[Read]) -> Iterator[Finding]:
    """The first use of chance, where neither a seed is set anywhere nor `random_state` given there."""
    if any(isinstance(node, ast.Call) and _last_name(node.func) in _SEEDS for node in _nodes(read)):
        return
    for each in read:
        for node in ast.walk(each.tree or ast.Module([], [])):
            if not isinstance(node, ast.Call) or _last_name(node.func) not in _CHANCE:
                continue
            if not any(keyword.arg in {"random_state", "seed"} for keyword in node.keywords):
                yield Finding("no-seed", each.cell.number, node.lineno, _last_name(node.func))
                return


def _nodes(read: Iterable[Read]) -> Iterator[ast.AST]:
    for each in read:
        yield from ast.walk(each.tree or ast.Module([], []))


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case _:
            return ""


def _names(nodes: Sequence[ast.expr]) -> Iterator[str]:
    for each in nodes:
        yield from (node.id for node in ast.walk(each) if isinstance(node, ast.Name))
