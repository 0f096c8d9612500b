"""The part of MLflow's tracking REST interface (2.0) that training scripts call, answered from one run.

The run that the agent carries out is the first that a script makes; further runs of the same script (nested ones, one a
model) are kept apart by their name before each metric, parameter, tag and artefact. Every experiment name stands for
the one experiment that the run belongs to. Readers get back what was logged.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any, Callable, Mapping

from surefoot.payloads.agent import files, wire
from surefoot.payloads.agent.artifacts import Artifacts, Upload
from surefoot.payloads.agent.filters import matches
from surefoot.payloads.agent.telemetry import MOST_STEP, Point, Telemetry, line_of, value_of
from surefoot.payloads.agent.wire import Answer, Head, RefusalError, Sink

API = "/api/2.0/mlflow/"
FILES = "/api/2.0/mlflow-artifacts/artifacts"
ROOT = "mlflow-artifacts:/output"
EXPERIMENT = "0"
MOST_RUNS = 1000
MOST_POINTS_A_PAGE = 25_000
_LONGEST_VALUE = 8000
_MODEL = r"logged-models/([\w-]+)(/tags|/params)?"
_SYSTEM_TAGS = "mlflow."
_NOTE = "mlflow.note.content"

Body = Mapping[str, Any]


class _Logged:
    """What a script has logged to one MLflow run, as it reads it back."""

    def __init__(self, run_id: str, name: str, prefix: str, began: int) -> None:
        self.prefix = prefix
        self.info: dict[str, Any] = {
            "run_id": run_id,
            "run_uuid": run_id,
            "run_name": name,
            "experiment_id": EXPERIMENT,
            "status": "RUNNING",
            "start_time": began,
            "artifact_uri": (ROOT + "/" + prefix).rstrip("/"),
            "lifecycle_stage": "active",
        }
        self.parameters: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.metrics: dict[str, Point] = {}
        self.inputs: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}

    def run(self) -> dict[str, Any]:
        """As MLflow's `Run` message."""
        metrics = [
            {"key": name, "value": _plain(point.value), "timestamp": point.time_ms, "step": point.step}
            for name, point in self.metrics.items()
        ]
        data = {"metrics": metrics, "params": _pairs(self.parameters), "tags": _pairs(self.tags)}
        return {"info": self.info, "data": data, "inputs": self.inputs, "outputs": self.outputs}

    def is_latest(self, point: Point) -> bool:
        """Whether no point of the same name is later."""
        last = self.metrics.get(point.name)
        return last is None or ((point.step, point.time_ms) >= (last.step, last.time_ms) and point != last)

    def values(self) -> dict[str, Mapping[str, Any]]:
        """As a filter sees it."""
        metrics = {name: point.value for name, point in self.metrics.items()}
        return {"params": self.parameters, "tags": self.tags, "metrics": metrics, "attributes": self.info}


class Tracking:
    """Answers the requests of MLflow clients.

    Args:
        run: the run's id, which is also the id of the first MLflow run.
        telemetry: where everything is taken down.
        path: the file of telemetry, from which histories are read back.
        artifacts: where files go.
    """

    def __init__(self, run: str, *, telemetry: Telemetry, path: Path, artifacts: Artifacts) -> None:
        self._run = run
        self._telemetry = telemetry
        self._path = path
        self._artifacts = artifacts
        self._runs: dict[str, _Logged] = {}
        self._models: dict[str, dict[str, Any]] = {}
        self._posts: Mapping[str, Callable[[Body], Any]] = {
            "experiments/create": lambda _body: {"experiment_id": EXPERIMENT},
            "experiments/search": lambda _body: {"experiments": [_experiment("Default")]},
            "experiments/set-experiment-tag": lambda _body: {},
            "experiments/update": lambda _body: {},
            "runs/create": self._create,
            "runs/update": self._update,
            "runs/log-metric": lambda body: self._batch({**body, "metrics": [body]}),
            "runs/log-parameter": lambda body: self._batch({**body, "params": [body]}),
            "runs/set-tag": lambda body: self._batch({**body, "tags": [body]}),
            "runs/log-batch": self._batch,
            "runs/delete-tag": self._delete_tag,
            "runs/log-inputs": lambda body: self._keep("inputs", body),
            "runs/outputs": lambda body: self._keep("outputs", body),
            "runs/log-model": lambda _body: {},
            "runs/search": self._search,
            "logged-models": self._create_model,
            "logged-models/search": self._search_models,
        }
        self._gets: Mapping[str, Callable[[Body], Any]] = {
            "experiments/get": lambda _query: {"experiment": _experiment("Default")},
            "experiments/get-by-name": lambda query: {"experiment": _experiment(query.get("experiment_name", ""))},
            "experiments/search": lambda _query: {"experiments": [_experiment("Default")]},
            "runs/get": lambda query: {"run": self._of(query).run()},
            "metrics/get-history": self._history,
            "artifacts/list": self._list,
        }

    def sink(self, head: Head) -> Sink:
        """Where a request's body goes: a file for an artefact, else memory."""
        if head.method == "PUT" and head.path.startswith(FILES + "/"):
            return self._artifacts.receive(_below_root(head.path[len(FILES) :]), head.length)
        return Sink()

    def answer(self, head: Head, sink: Sink) -> Answer:
        """Answers a request whose body has come.

        Raises:
            RefusalError: it is not one of those that are answered, or its values are off.
        """
        if head.path.startswith(FILES):
            return self._file(head, sink)
        if head.path in ("/health", "/version"):
            return Answer(200, b"OK")
        if not head.path.startswith(API):
            raise RefusalError(404, "the run's tracking endpoint has no " + head.path)
        try:
            return wire.answer_json(self._call(head, head.path[len(API) :], sink))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            raise RefusalError(400, "a value is missing or off: " + repr(error)) from error
        except OSError as error:
            raise RefusalError(507, str(error)) from error

    def _call(self, head: Head, verb: str, sink: Sink) -> Any:
        if head.method == "GET" and verb in self._gets:
            return self._gets[verb](head.query)
        body = json.loads(bytes(sink.data)) if sink.data else {}
        if head.method == "POST" and verb in self._posts:
            return self._posts[verb](body)
        model = re.fullmatch(_MODEL, verb)
        if model:
            return self._model(model.group(1), body, head.method)
        raise RefusalError(404, "the run's tracking endpoint has no " + head.method + " " + verb)

    def _of(self, body: Body) -> _Logged:
        run_id = body.get("run_id") or body.get("run_uuid")
        if run_id not in self._runs:
            raise RefusalError(404, "there is no run " + str(run_id))
        return self._runs[run_id]

    def _create(self, body: Body) -> Any:
        if len(self._runs) >= MOST_RUNS:
            raise RefusalError(400, "one run may hold 1000 MLflow runs")
        tags = {str(tag["key"]): str(tag["value"]) for tag in body.get("tags", [])}
        number = len(self._runs) + 1
        name = str(body.get("run_name") or tags.get("mlflow.runName") or f"run-{number}")[:_LONGEST_VALUE]
        prefix = "" if number == 1 else self._free_prefix(name)
        run_id = self._run if number == 1 else f"{self._run}-{number}"
        logged = _Logged(run_id, name, prefix, int(body.get("start_time") or time.time() * 1000))
        self._runs[run_id] = logged
        self._batch({"run_id": run_id, "tags": [{"key": key, "value": value} for key, value in tags.items()]})
        return {"run": logged.run()}

    def _free_prefix(self, name: str) -> str:
        plain = re.sub(r"[^\w.-]", "_", name).strip(".")[:100] or "run"
        taken = {logged.prefix for logged in self._runs.values()}
        candidates = (plain + end + "/" for end in ("", *(f"-{number}" for number in range(2, MOST_RUNS + 2))))
        return next(prefix for prefix in candidates if prefix not in taken)

    def _update(self, body: Body) -> Any:
        info = self._of(body).info
        for key, known in (("status", str), ("end_time", int), ("run_name", str)):
            if key in body:
                info[key] = known(body[key])
        return {"run_info": info}

    def _batch(self, body: Body) -> Any:
        logged = self._of(body)
        metrics = body.get("metrics", [])
        points = [_point(metric) for metric in metrics]
        linked = [point for point, metric in zip(points, metrics) if metric.get("model_id")]
        words = [(kind, entry) for kind in ("params", "tags") for entry in body.get(kind, [])]
        known = [(kind, str(entry["key"]), str(entry.get("value", ""))[:_LONGEST_VALUE]) for kind, entry in words]
        again = self._known(logged, [point for point in linked if not logged.is_latest(point)])
        for point in points:
            if point not in again:
                self._telemetry.metrics([point._replace(name=logged.prefix + point.name)])
            if logged.is_latest(point):
                logged.metrics[point.name] = point
        for kind, name, value in known:
            self._word(logged, kind, name, value)
        return {}

    def _known(self, logged: _Logged, points: list[Point]) -> set[Point]:
        """Those of the points that were logged before: a client sends them again to tie them to a model."""
        if not points:
            return set()
        self._telemetry.flush()
        wanted = {(line_of(json.dumps(logged.prefix + point.name), point) + "\n").encode(): point for point in points}
        with files.open_plain(self._path) as file:
            return {wanted[line] for line in file if line in wanted}

    def _word(self, logged: _Logged, kind: str, name: str, value: str) -> None:
        if kind == "params":
            logged.parameters[name] = value
            self._telemetry.parameter(logged.prefix + name, value)
            return
        logged.tags[name] = value
        if not name.startswith(_SYSTEM_TAGS) or name == _NOTE:
            self._telemetry.tag(logged.prefix + name, value)

    def _delete_tag(self, body: Body) -> Any:
        logged = self._of(body)
        logged.tags.pop(str(body["key"]), None)
        self._telemetry.tag(logged.prefix + str(body["key"]), "")
        return {}

    def _keep(self, kind: str, body: Body) -> Any:
        kept: dict[str, Any] = getattr(self._of(body), kind)
        for source, target in (("datasets", "dataset_inputs"), ("models", f"model_{kind}")):
            kept.setdefault(target, []).extend(list(body.get(source, []))[: MOST_RUNS - len(kept[target])])
        return {}

    def _search(self, body: Body) -> Any:
        text = str(body.get("filter", ""))
        return {"runs": [logged.run() for logged in self._runs.values() if matches(text, logged.values())]}

    def _history(self, query: Body) -> Any:
        """A metric's points, read back from the file in pages; the page token is a place in that file."""
        name = json.dumps(self._of(query).prefix + query["metric_key"])
        most = min(int(query.get("max_results") or MOST_POINTS_A_PAGE), MOST_POINTS_A_PAGE)
        needle = f'{{"kind":"metric","name":{name},'.encode()
        self._telemetry.flush()
        found = []
        with files.open_plain(self._path) as file:
            file.seek(int(query.get("page_token") or 0))
            for line in file:
                if line.startswith(needle):
                    point = json.loads(line)
                    values = {"value": point["value"], "timestamp": point["time_ms"], "step": point["step"]}
                    found.append({"key": query["metric_key"], **values})
                if len(found) >= most:
                    return {"metrics": found, "next_page_token": str(file.tell())}
        return {"metrics": found}

    def _list(self, query: Body) -> Any:
        logged = self._of(query)
        path = str(query.get("path", ""))
        inner = path.rstrip("/") + "/" if path else ""
        found = [{**entry, "path": inner + entry["path"]} for entry in self._artifacts.list(logged.prefix + path)]
        return {"root_uri": logged.info["artifact_uri"], "files": found}

    def _file(self, head: Head, sink: Sink) -> Answer:
        path = head.path[len(FILES) :]
        if head.method == "PUT" and isinstance(sink, Upload):
            self._artifacts.finish(sink, _below_root(path))
            return Answer(200)
        if head.method == "GET" and not path.strip("/"):
            return wire.answer_json({"files": self._artifacts.list(_below_root(head.query.get("path", "")))})
        if head.method == "GET":
            return self._artifacts.send(_below_root(path))
        raise RefusalError(405, "artefacts are written and read, nothing else")

    def _create_model(self, body: Body) -> Any:
        if len(self._models) >= MOST_RUNS:
            raise RefusalError(400, "one run may hold 1000 logged models")
        number = len(self._models) + 1
        name = str(body.get("name") or f"model-{number}")
        plain = re.sub(r"[^\w.-]", "_", name).strip(".")[:100] or "model"
        taken = {model["info"]["artifact_uri"] for model in self._models.values()}
        uri = ROOT + "/models/" + plain
        now = int(time.time() * 1000)
        info = {
            "model_id": f"m-{self._run}-{number}",
            "experiment_id": EXPERIMENT,
            "name": name,
            "creation_timestamp_ms": now,
            "last_updated_timestamp_ms": now,
            "artifact_uri": uri if uri not in taken else f"{uri}-{number}",
            "status": "LOGGED_MODEL_PENDING",
            "model_type": str(body.get("model_type", "")),
            "source_run_id": str(body.get("source_run_id", "")),
            "tags": list(body.get("tags", [])),
        }
        model = {"info": info, "data": {"params": list(body.get("params", []))}}
        self._models[str(info["model_id"])] = model
        return {"model": model}

    def _model(self, model_id: str, body: Body, method: str) -> Any:
        if model_id not in self._models:
            raise RefusalError(404, "there is no logged model " + model_id)
        model = self._models[model_id]
        if method not in ("GET", "PATCH", "POST"):
            raise RefusalError(405, "a logged model is written and read, nothing else")
        if "status" in body:
            status = body["status"]
            words = {2: "LOGGED_MODEL_READY", 3: "LOGGED_MODEL_UPLOAD_FAILED"}
            model["info"]["status"] = words.get(status, status)
        model["info"]["tags"] += list(body.get("tags", []))[:MOST_RUNS]
        model["data"]["params"] += list(body.get("params", []))[:MOST_RUNS]
        return {"model": model}

    def _search_models(self, body: Body) -> Any:
        text = str(body.get("filter", ""))
        return {"models": [model for model in self._models.values() if matches(text, {"attributes": model["info"]})]}


def _point(metric: Body) -> Point:
    """A metric of a request as a point."""
    time_ms, step = _whole(metric.get("timestamp") or time.time() * 1000), _whole(metric.get("step") or 0)
    return Point(str(metric["key"]), value_of(metric["value"]), step, time_ms)


def _whole(value: Any) -> int:
    number = int(value)
    if abs(number) > MOST_STEP:
        raise ValueError(number)
    return number


def _experiment(name: str) -> dict[str, Any]:
    place = {"artifact_location": ROOT, "lifecycle_stage": "active"}
    return {"experiment_id": EXPERIMENT, "name": name, **place}


def _below_root(path: str) -> str:
    """A path as the client has it, `output/…`, without its root.

    The root has a name, since the client makes `mlflow-artifacts://x` of an artefact below `mlflow-artifacts:/`, and
    takes that x for a host.
    """
    root, _, inner = path.lstrip("/").partition("/")
    if root != "output":
        raise RefusalError(404, "artefacts of this run lie below " + ROOT)
    return inner


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _plain(value: float) -> Any:
    """A value as protobuf's JSON has it: what is no finite number is a word."""
    return value if value - value == 0 else "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124 - NaN alone differs from itself
