"""Every row of a dataset version, training side and held-out side, is answered by the service as by the model.

The table is real, with what real tables have: gaps, empty texts beside missing ones, values that one row alone holds,
truth values, numbers that are not finite.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import polars as pl
import pytest

from surefoot import resources
from surefoot.workbench import Workbench
from tests.e2e.conftest import Home

ADD = (
    "dataset", "add", "applicants.parquet", "--key", "applicant_id", "--target", "credit_risk", "--positive", "good",
    "--subject", "applicant_id", "--owner", "Sales", "--purpose", "Judge credit risk", "--legal-basis", "contract",
)  # fmt: skip
GAPS = ("age_years", "purpose", "savings", "is_foreign")


def table() -> pl.DataFrame:
    """German Credit, made as untidy as tables are."""
    source = np.random.default_rng(7)
    whole = pl.read_csv(resources.path("samples", "german-credit", "german_credit.csv"))
    whole = whole.with_columns(
        (pl.col("foreign_worker") == "yes").alias("is_foreign"),
        pl.Series("ratio", np.where(source.random(len(whole)) < 0.03, np.inf, source.normal(size=len(whole)))),
        pl.Series("branch", [f"branch {number}" for number in source.zipf(1.4, len(whole)) % 90]),
        pl.Series("remark", [f"remark {number}" for number in source.integers(0, 300, len(whole))]),
    )
    holes = {name: pl.Series(source.random(len(whole)) < 0.1) for name in GAPS if name in whole.columns}
    whole = whole.with_columns(
        pl.when(where).then(None).otherwise(pl.col(name)).alias(name) for name, where in holes.items()
    )
    empty = pl.Series(source.random(len(whole)) < 0.05)
    return whole.with_columns(pl.when(empty).then(pl.lit("")).otherwise(pl.col("housing")).alias("housing"))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Home]:
    """A home in which a model of the table is deployed."""
    home = Home(tmp_path, tmp_path / "project")
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse battery staple\n", encoding="utf-8")
    secret.chmod(0o600)
    home.options = ("--passphrase-file", str(secret))
    home.call("init", str(home.project), "--person", "Ada Lovelace", cwd=tmp_path)
    table().write_parquet(home.project / "applicants.parquet")
    home.call(*ADD)
    home.call("experiment", "new", "risk", "--dataset", "applicants")
    recipe = home.project / "experiments" / "risk.toml"
    (run,) = home.json("experiment", "start", str(recipe))["runs"]
    home.call("check", "run", run["run"], "--kind", "accuracy", "--kind", "parity")
    home.call("policy", "adopt", "policies/baseline.toml")
    yield home
    if home.is_serving():
        home.call("stop", "--reason", "the test is over")


def signed(home: Home) -> tuple[str, str]:
    """Drafts, approves, signs; returns what draft and check said."""
    run = home.json("run", "list")["runs"][0]["run"]
    told = home.call("release", "draft", run, "--name", "risk").stdout
    again = home.call("release", "check", "risk@1.0.0").stdout
    home.call("release", "approve", "risk@1.0.0", "--reason", "It is good enough")
    home.call("release", "sign", "risk@1.0.0")
    return told, again


def rows_of(home: Home, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    """All rows of the version, whichever side they are on."""
    monkeypatch.setenv("HOME", str(home.folder))
    with Workbench.open(home.project, unlock=lambda: "correct horse battery staple") as bench:
        placed = bench.datasets.materialise("applicants", home.folder / "laid out", held_back=False)
        return pl.concat([pl.read_parquet(path) for path in placed.sides.values()])


class Caller:
    """Somebody with the token and the address."""

    def __init__(self, home: Home) -> None:
        (deployment,) = home.json("status")["deployments"]
        self.url, self.name = deployment["url"], deployment["name"]
        self.token = Path(deployment["token_file"]).read_text(encoding="ascii").strip()

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(body, allow_nan=False).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def plain(self, rows: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
        """Labels and probabilities by the plain form."""
        status, answer = self.post("/predict", {"rows": rows})
        assert status == 200, answer
        found = answer["predictions"]
        return [one["label"] for one in found], [one["probability"] for one in found]

    def inference(self, rows: list[dict[str, Any]], texts: set[str]) -> tuple[list[Any], list[Any]]:
        """The same by the Open Inference Protocol."""
        inputs = [
            {
                "name": name,
                "datatype": "BYTES" if name in texts else "FP32",
                "shape": [len(rows), 1],
                "data": [row[name] for row in rows],
            }
            for name in rows[0]
        ]
        status, answer = self.post(f"/v2/models/{self.name}/infer", {"inputs": inputs})
        assert status == 200, answer
        found = {one["name"]: one["data"] for one in answer["outputs"]}
        return found["label"], found["probability"]


def as_json(value: Any) -> Any:
    """A cell as a caller sends it: what is no number is missing."""
    return None if isinstance(value, float) and not np.isfinite(value) else value


def as_tensor(column: pl.Series, *, is_text: bool) -> "np.ndarray[Any, Any]":
    """A column as the model gets it: what is missing is the empty text, or NaN."""
    if is_text:
        return column.fill_null("").to_numpy().astype(object)[:, None]
    wide = column.cast(pl.Float64).to_numpy()
    return np.where(np.isfinite(wide), wide, np.nan).astype(np.float32)[:, None]


def test_every_row_of_the_version_is_answered_as_the_model_answers_it(
    served: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, again = signed(served)
    served.call("deploy", "risk@1.0.0")
    caller, whole = Caller(served), rows_of(served, monkeypatch)
    assert len(whole) == 1000
    (capsule,) = served.folder.rglob("services/capsules/*")
    session = ort.InferenceSession((capsule / "model.onnx").read_bytes(), providers=["CPUExecutionProvider"])
    texts = {one.name for one in session.get_inputs() if one.type == "tensor(string)"}
    features = whole.select(one.name for one in session.get_inputs())
    feed = {name: as_tensor(features[name], is_text=name in texts) for name in features.columns}
    labels, chances = (values.ravel().tolist() for values in session.run(["label", "probability"], feed))
    assert features.null_count().sum_horizontal()[0] > 100
    assert features["housing"].null_count() > 10, "an empty text is a missing one"
    rows = [{name: as_json(value) for name, value in row.items()} for row in features.iter_rows(named=True)]
    for row in rows[::2]:
        row["housing"] = row["housing"] or ""  # as somebody sends it who reads the same table from a CSV file
    for at in range(0, len(rows), 250):
        some = slice(at, at + 250)
        for got in (caller.plain(rows[some]), caller.inference(rows[some], texts)):
            assert got == (labels[some], chances[some])
    card = (capsule / "model-card.md").read_text(encoding="utf-8")
    for said in (told, again, card):
        assert "may be missing (null)" in said
        assert "any text" in said
    refused(caller, rows[0])
    vectors = json.loads((capsule / "vectors.json").read_bytes())["inputs"]
    real = {tuple(row.values()) for row in rows}
    assert not real & set(zip(*(vectors[name] for name in features.columns), strict=True))


def refused(caller: Caller, row: dict[str, Any]) -> None:
    """What cannot be is refused, and the sentence names the column and what it takes."""
    for changes, words in (
        ({"age_years": 700}, ["age_years", "<= 110"]),
        ({"age_years": 1e300}, ["age_years"]),
        ({"housing": "a castle"}, ["housing", "rent"]),
        ({"duration_months": None}, ["duration_months"]),
    ):
        status, answer = caller.post("/predict", {"rows": [{**row, **changes}]})
        assert status == 400, changes
        assert all(word in answer["detail"] for word in words), answer
        assert "castle" not in answer["detail"]
