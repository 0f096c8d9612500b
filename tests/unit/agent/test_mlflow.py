"""The real MLflow client, in the command of a real run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ran = Callable[..., dict[str, Any]]

SCRIPT = """
import json, os
import mlflow
import mlflow.onnx
import onnx
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from onnx import TensorProto, helper

seen = {}
mlflow.set_experiment("credit")
with mlflow.start_run(run_name="main") as active:
    run = active.info.run_id
    mlflow.log_param("depth", 3)
    mlflow.log_params({"rate": 0.1, "kind": "tree"})
    for step in range(20):
        mlflow.log_metric("auc", step / 20, step=step)
    mlflow.log_metrics({"loss": 0.5, "accuracy": 0.75}, step=1)
    many = [Metric("loss", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in range(2, 1002)]
    MlflowClient().log_batch(run, metrics=many, params=[Param("seed", "7")], tags=[RunTag("team", "blue")])
    mlflow.set_tag("stage", "trial")
    mlflow.set_tags({"a": 1, "b": 2})
    mlflow.delete_tag("b")
    mlflow.log_text("hello", "notes/hello.txt")
    mlflow.log_text("", "empty.txt")
    mlflow.log_dict({"a": [1]}, "facts.json")
    open("local.bin", "wb").write(bytes(range(256)) * 8192)
    mlflow.log_artifact("local.bin", "files")
    os.makedirs("many/deep"); open("many/deep/x", "w").write("x"); open("many/y", "w").write("y")
    mlflow.log_artifacts("many", "many")
    with mlflow.start_run(run_name="fold 1", nested=True) as fold:
        mlflow.log_metric("auc", 0.9)
        mlflow.log_param("depth", 4)
        mlflow.log_text("fold", "fold.txt")
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])], "same",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    logged = mlflow.onnx.log_model(model, name="model")

client = MlflowClient()
known = client.get_run(run)
seen["status"] = known.info.status
seen["metrics"], seen["params"] = known.data.metrics, known.data.params
seen["tags"] = {key: value for key, value in known.data.tags.items() if not key.startswith("mlflow.")}
seen["history"] = [(point.step, point.value) for point in client.get_metric_history(run, "auc")]
seen["many"] = len(client.get_metric_history(run, "loss"))
seen["files"] = sorted(file.path for file in client.list_artifacts(run))
seen["notes"] = [(file.path, file.file_size) for file in client.list_artifacts(run, "notes")]
seen["text"] = mlflow.artifacts.load_text(known.info.artifact_uri + "/notes/hello.txt")
seen["binary"] = len(open(client.download_artifacts(run, "files/local.bin"), "rb").read())
seen["fold"] = client.get_run(fold.info.run_id).data.metrics
seen["children"] = [r.info.run_name for r in client.search_runs(["0"], f"tags.mlflow.parentRunId = '{run}'")]
seen["found"] = [r.info.run_name for r in client.search_runs(["0"], "params.depth = '3' and metrics.auc > 0.9")]
seen["none"] = len(client.search_runs(["0"], "metrics.auc > 2"))
seen["model"] = mlflow.onnx.load_model(logged.model_uri).graph.name
seen["logged"] = str(client.get_logged_model(logged.model_id).status)
try:
    client.search_runs(["0"], "params.depth LIKE '3%'")
except mlflow.exceptions.MlflowException as error:
    seen["refused"] = error.error_code
print("SEEN" + json.dumps(seen))
"""


@pytest.mark.slow
def test_what_the_real_client_logs_is_taken_down_and_can_be_read_back(ran: Ran, tmp_path: Path) -> None:
    end = ran(SCRIPT, guardrails={"time_ms": 120_000}, outputs=["models/model/model.onnx", "notes/hello.txt"])
    log = (tmp_path / "run/log.txt").read_text()
    assert (end["state"], end["reason"]) == ("finished", ""), log
    [line] = [line for line in log.splitlines() if line.startswith("SEEN")]
    seen = json.loads(line.removeprefix("SEEN"))
    assert seen["status"] == "FINISHED"
    assert seen["metrics"] == {"auc": 0.95, "loss": 1 / 1002, "accuracy": 0.75}
    assert seen["params"] == {"depth": "3", "rate": "0.1", "kind": "tree", "seed": "7"}
    assert seen["tags"] == {"team": "blue", "stage": "trial", "a": "1"}
    assert seen["history"] == [[step, step / 20] for step in range(20)]
    assert seen["many"] == 1001
    assert seen["files"] == ["empty.txt", "facts.json", "files", "fold_1", "many", "models", "notes"]
    assert seen["notes"] == [["notes/hello.txt", 5]]
    assert (seen["text"], seen["binary"], seen["fold"]) == ("hello", 1 << 21, {"auc": 0.9})
    assert (seen["children"], seen["found"], seen["none"]) == (["fold 1"], ["main"], 0)
    assert (seen["model"], seen["logged"], seen["refused"]) == ("same", "READY", "INVALID_PARAMETER_VALUE")


@pytest.mark.slow
def test_what_came_through_mlflow_stands_in_the_end_and_in_the_telemetry(ran: Ran, tmp_path: Path) -> None:
    end = ran(
        """
        import mlflow
        with mlflow.start_run():
            mlflow.log_param("depth", 3)
            mlflow.set_tag("team", "blue")
            mlflow.log_metric("auc", 0.75, step=2)
            mlflow.log_text("hello", "model.txt")
        """,
        guardrails={"time_ms": 120_000},
        outputs=["model.txt"],
    )
    assert (end["state"], end["points"], list(end["outputs"])) == ("finished", 1, ["model.txt"])
    assert end["tracking"] == {"parameters": {"depth": "3"}, "tags": {"team": "blue"}, "artifacts": ["model.txt"]}
    lines = [json.loads(line) for line in (tmp_path / "run/telemetry.jsonl").read_text().splitlines()]
    [point] = [line for line in lines if line["kind"] == "metric"]
    assert (point["name"], point["value"], point["step"]) == ("auc", 0.75, 2)


@pytest.mark.slow
def test_a_metric_that_is_no_number_stops_a_run_that_logs_through_mlflow(ran: Ran) -> None:
    end = ran(
        """
        import time, mlflow
        with mlflow.start_run():
            mlflow.log_metric("loss", float("nan"), step=4)
            time.sleep(100)
        """,
        guardrails={"time_ms": 120_000},
    )
    assert (end["state"], end["reason"], end["guardrail"]["step"]) == ("interrupted", "finite", 4)
