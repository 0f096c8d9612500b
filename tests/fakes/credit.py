"""Cases for checks: the German Credit sample with models that the template's script has trained, and made rows."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from surefoot import resources
from surefoot.advisories import Advice
from surefoot.checks import plugins
from surefoot.checks.facts import Case, Check, Data, Ground
from surefoot.datasets.splitting import DEFAULT_SIDES, bounds, side_of
from surefoot.models.facts import Model, Signature
from surefoot.models.gate import judge
from surefoot.trail.canonical import Json
from tests.fakes.models import tiny_answers, tiny_model, tiny_vectors

PROTECTED = ("sex", "age_years", "foreign_worker", "personal_status")
FAIR: Mapping[str, Any] = {"model": "logistic", "drop": "sex, personal_status, age_years"}
EVERYTHING: Mapping[str, Any] = {"model": "logistic"}
FOREST: Mapping[str, Any] = {"model": "random-forest", "trees": 100}
_KEY, _TARGET = "applicant_id", "credit_risk"


def sides(table: pl.DataFrame, key: str, salt: str = "salt") -> dict[str, pl.DataFrame]:
    """The rows of each side, parted as a project does it."""
    edges = bounds(DEFAULT_SIDES)
    side = pl.Series([side_of(salt, one, edges) for one in table[key].to_list()])
    return {name: table.filter(side == name) for name in ("train", "test")}


def german() -> pl.DataFrame:
    return pl.read_csv(resources.path("samples", "german-credit", "german_credit.csv"))


def lay_out(folder: Path) -> None:
    """Writes in/train.parquet, in/schema.json and test.parquet."""
    table = german()
    (folder / "in").mkdir(parents=True)
    parted = sides(table, _KEY)
    parted["train"].write_parquet(folder / "in" / "train.parquet")
    parted["test"].write_parquet(folder / "test.parquet")
    schema = {
        "columns": [{"name": name, "type": str(dtype)} for name, dtype in table.schema.items()],
        "target": {"column": _TARGET, "positive": "good"},
        "key": [_KEY],
        "subject": _KEY,
    }
    (folder / "in" / "schema.json").write_text(json.dumps(schema), encoding="utf-8")


def train(folder: Path, name: str, parameters: Mapping[str, Any], *, repeats: int = 2) -> Path:
    """Runs the template's script on what `lay_out` wrote; returns the folder of its outputs."""
    out = folder / name
    out.mkdir()
    told = {**parameters, "evaluate": {"method": "cross-fit", "folds": 5, "repeats": repeats}}
    (folder / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")
    given = {
        "SUREFOOT_INPUT_TABLE": str(folder / "in"),
        "SUREFOOT_PARAMETERS": str(folder / f"{name}.json"),
        "SUREFOOT_SEED": "1",
        "SUREFOOT_OUTPUT": str(out),
    }
    script = resources.path("templates", "tabular-classification", "train.py")
    subprocess.run(
        [sys.executable, "-W", "ignore", str(script)], env={**os.environ, **given}, check=True, capture_output=True
    )
    return out


class FakeGround:
    """What a check may ask for besides, as a test wants it."""

    def __init__(  # one argument for each thing that can be asked for
        self,
        *,
        answers: Path | None = None,
        live: Path | None = None,
        live_preprocessing: Path | None = None,
        profile: Mapping[str, Json] | None = None,
        before: Mapping[str, Json] | None = None,
        packages: str | None = None,
        wrapper: str = "",
        advice: Advice | None = None,
        own: Path | None = None,
        trained: Path | None = None,
    ) -> None:
        self.answers = answers
        self.live = live
        self.live_preprocessing = live_preprocessing
        self.profile: Mapping[str, Json] = profile or {}
        self.before = before
        self.packages = packages
        self.wrapper = wrapper
        self.advice = advice
        self.own = own
        self.trained = trained


def signature_of(onnx: Path, vectors: Path) -> Signature:
    """The signature, as the gate finds it."""
    verdict = judge(onnx.read_bytes(), vectors.read_bytes())
    assert verdict.signature is not None
    assert verdict.reasons == ()
    return verdict.signature


def case_of(
    onnx: Path, vectors: Path, data: Data, *, signature: Signature | None = None, ground: Ground | None = None
) -> Case:
    """A case as the service would make it."""
    model = Model("mod_x", "a" * 64, "run_x", None, "accepted", "l", "", signature or signature_of(onnx, vectors))
    return Case(model, onnx, vectors, data, (), 7, {}, ground)


def credit_case(folder: Path, out: Path, *, claims: bool = True) -> Case:
    """The sample's case for a model that `train` made."""
    data = Data(
        id="ds_x",
        version="b" * 64,
        name="german-credit",
        number=1,
        test=folder / "test.parquet",
        target=_TARGET,
        positive="good",
        leaf="l",
        train=folder / "in" / "train.parquet",
        protected=PROTECTED,
        types={},
    )
    ground = FakeGround(
        answers=out / "cross_fit.parquet" if claims else None,
        own=out / "own_answers.parquet",
        trained=folder / "in" / "train.parquet",
    )
    return case_of(out / "model.onnx", out / "vectors.json", data, ground=ground)


def settled(check: Check, chosen: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """The settings of a check with what a test chooses."""
    return plugins.settings(check, chosen or {})


def made_case(folder: Path, table: pl.DataFrame, *, protected: tuple[str, ...] = ("sex",), claims: Any = None) -> Case:
    """The tiny model with held-out rows; `claims` are answers about training rows that look the same."""
    (folder / "model.onnx").write_bytes(tiny_model())
    (folder / "vectors.json").write_bytes(tiny_vectors())
    table.write_parquet(folder / "test.parquet")
    table.write_parquet(folder / "train.parquet")
    if claims is not None:
        pl.DataFrame(claims).write_parquet(folder / "cross_fit.parquet")
    data = Data(
        "ds", "b" * 64, "d", 1, folder / "test.parquet", "risk", "bad", "l", folder / "train.parquet", protected, {}
    )
    ground = FakeGround(answers=None if claims is None else folder / "cross_fit.parquet")
    return case_of(folder / "model.onnx", folder / "vectors.json", data, ground=ground)


def made_rows(rows: int = 400, seed: int = 1) -> pl.DataFrame:
    """Women earn more here, so the tiny model calls more of them bad."""
    source = np.random.default_rng(seed)
    sex = source.choice(["f", "m"], rows)
    amount = source.uniform(0, 3000, rows) + 1000 * (sex == "f")
    bad = source.random(rows) < tiny_answers(amount.tolist(), ["pilot"] * rows)
    return pl.DataFrame({"amount": amount, "job": ["pilot"] * rows, "sex": sex, "risk": np.where(bad, "bad", "good")})
