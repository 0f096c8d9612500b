"""Models in the catalog: a row for each verdict of the gate, and the questions asked of them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from surefoot.catalog import Catalog, Reducer
from surefoot.models.facts import Model, Parity, Reason, Signature

_VERDICTS = """
    CREATE TABLE model_verdicts (
        model VARCHAR, sha256 VARCHAR, state VARCHAR, run VARCHAR, vectors VARCHAR, judged_at TIMESTAMP,
        judged_by VARCHAR, preprocessing VARCHAR, producer VARCHAR, opset JSON, signature JSON, parity JSON,
        reasons JSON, hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR
    )
"""
# What stands of a model is the gate's last word on it.
_MODELS = """
    CREATE VIEW models AS SELECT * FROM model_verdicts
    QUALIFY row_number() OVER (PARTITION BY model ORDER BY hlc DESC, feed DESC, seq DESC) = 1
"""
_FILL = """
    INSERT INTO model_verdicts
    SELECT s.subject, s.subject_sha256, s.type[7:], s.body->>'$.run', s.body->>'$.vectors', s.at, s.actor,
           nullif(s.body->>'$.preprocessing', 'inside'), s.body->>'$.producer', s.body->'$.opset',
           s.body->'$.signature', s.body->'$.parity', s.body->'$.reasons', s.hlc, s.feed, s.seq, s.leaf
    FROM staged s WHERE s.type IN ('model.accepted', 'model.refused')
"""
_OF_A_RUN = """
    SELECT * FROM models
    WHERE run = ? AND sha256 = ? AND vectors IS NOT DISTINCT FROM ? AND preprocessing IS NOT DISTINCT FROM ?
    ORDER BY hlc DESC, feed DESC, seq DESC LIMIT 1
"""
_FOUND = """
    SELECT * FROM models WHERE model = $ref OR sha256 = $ref OR run = $ref
    ORDER BY hlc DESC, feed DESC, seq DESC LIMIT 1
"""
_ALL = "SELECT * FROM models ORDER BY hlc DESC, feed DESC, seq DESC LIMIT ?"

REDUCERS = (
    Reducer(
        name="models",
        version=2,
        types=("model.accepted", "model.refused"),
        tables=(_VERDICTS, _MODELS),
        apply=(_FILL,),
    ),
)


def judged(catalog: Catalog, run: str, sha256: str, beside: Mapping[str, str]) -> Model | None:
    """What the gate said of this file from this run, if it was asked.

    Args:
        catalog: where it is looked up.
        run: that made it.
        sha256: of the model.
        beside: SHA-256 of its `vectors` and its `preprocessing`, where it has them.
    """
    row = catalog.one(_OF_A_RUN, [run, sha256, beside.get("vectors"), beside.get("preprocessing")])
    return None if row is None else _model(row)


def find(catalog: Catalog, ref: str) -> Model | None:
    """The newest model of that id or SHA-256, or that this run made."""
    row = catalog.one(_FOUND, {"ref": ref})
    return None if row is None else _model(row)


def newest(catalog: Catalog, limit: int) -> tuple[Model, ...]:
    """The models judged last, newest first."""
    return tuple(_model(row) for row in catalog.rows(_ALL, [limit]))


def _model(row: dict[str, Any]) -> Model:
    at: datetime = row["judged_at"]
    return Model(
        id=row["model"],
        sha256=row["sha256"],
        run=row["run"] or "",
        vectors=row["vectors"],
        state=row["state"],
        leaf=row["leaf"],
        at=at.isoformat(timespec="milliseconds") + "Z",
        signature=_value(row["signature"], Signature | None),
        parity=_value(row["parity"], Parity | None),
        opset=_value(row["opset"], dict[str, int] | None),
        producer=row["producer"] or "",
        reasons=_value(row["reasons"], tuple[Reason, ...] | None) or (),
        preprocessing=row["preprocessing"],
    )


def _value(text: str | None, kind: Any) -> Any:
    return None if text is None else msgspec.convert(json.loads(text), kind)
