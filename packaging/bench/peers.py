"""The peers' side of the rows about tracking: what they are given to do, and how they are kept from calling home.

Each runs with an interpreter of its own environment (`sh packaging/bench.sh` makes them), in a folder of its own.
"""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ALONE = {
    "DO_NOT_TRACK": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "WANDB_MODE": "offline",
    "WANDB_SILENT": "true",
    "WANDB_DISABLE_GIT": "true",
    "AIM_UI_TELEMETRY_ENABLED": "0",
}
CLIENT = """
import sys, time
import mlflow
count = int(sys.argv[1])
with mlflow.start_run():
    mlflow.log_params({f"p{number}": number for number in range(10)})
    mlflow.log_metric("warm", 0.0)
    start = time.perf_counter()
    for step in range(count):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    print("CALLS", count / (time.perf_counter() - start), flush=True)
"""
TRACKERS = {
    "trackio": """
import sys
import trackio
trackio.init(project="p", config={f"p{number}": number for number in range(10)}, embed=False)
for step in range(int(sys.argv[1])):
    trackio.log({"loss": 1 / (step + 1)})
trackio.finish()
""",
    "wandb": """
import sys
import wandb
settings = wandb.Settings(silent=True, x_disable_stats=True)
config = {f"p{number}": number for number in range(10)}
run = wandb.init(mode="offline", project="p", dir=".", config=config, settings=settings)
for step in range(int(sys.argv[1])):
    run.log({"loss": 1 / (step + 1)})
run.finish()
""",
    "aim": """
import sys
from aim import Run
run = Run(repo=".", system_tracking_interval=None, capture_terminal_logs=False)
run["hparams"] = {f"p{number}": number for number in range(10)}
for step in range(int(sys.argv[1])):
    run.track(1 / (step + 1), name="loss", step=step)
run.close()
""",
}


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What a peer finds in its environment: nothing of ours, and a home in its folder."""
    return {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", "TRACKIO_DIR": str(folder), **ALONE, **more}


@contextmanager
def mlflow_server(python: str, folder: Path) -> Iterator[tuple[str, int]]:
    """MLflow's tracking server with one worker and a SQLite store, on loopback: its address and its process."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        uri = f"http://127.0.0.1:{probe.getsockname()[1]}"
    words = [python, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{folder}/m.db", "--workers", "1"]
    words += ["--artifacts-destination", f"{folder}/a", "--host", "127.0.0.1", "--port", uri.rsplit(":", 1)[1]]
    path = f"{Path(python).parent}:{os.defpath}"
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            words, stdout=log, stderr=log, env=environment(folder, PATH=path), start_new_session=True
        )
    try:
        _wait(uri, server, folder / "server.log")
        yield uri, server.pid
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def _wait(uri: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{uri}/health", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(2)  # its other processes are still starting
            return
    raise SystemExit(f"MLflow's server did not start:\n{log.read_text(errors='replace')[-2000:]}")
