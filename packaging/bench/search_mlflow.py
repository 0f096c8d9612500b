"""MLflow's side of row 6, run by an interpreter that has MLflow: search_mlflow.py FOLDER RUNS.

Creates as many runs with 10 parameters and 5 metrics in an SQLite store and prints the medians, in seconds, of a
filtered and sorted search for 100 and of fetching all of them page by page.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

from mlflow.entities import Metric, Param
from mlflow.tracking import MlflowClient

REPEATS = 7


def median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    folder, count = sys.argv[1], int(sys.argv[2])
    client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
    experiment = client.create_experiment("bench", artifact_location=f"file://{folder}/artifacts")
    for run in range(count):
        made = client.create_run(experiment).info.run_id
        metrics = [Metric(f"m{n}", (run * 7919 + n * 104729) % 100003 / 100003, 0, 0) for n in range(5)]
        client.log_batch(made, metrics, [Param(f"p{n}", str((run + n) % 13)) for n in range(10)])
        client.set_terminated(made)

    def top() -> None:
        client.search_runs([experiment], "metrics.m0 > 0.5", max_results=100, order_by=["metrics.m0 DESC"])

    def everything() -> None:
        token = None
        while True:
            page = client.search_runs([experiment], max_results=1000, page_token=token)
            token = page.token
            if not token:
                return

    print(json.dumps({"top": median(top), "all": median(everything)}))


if __name__ == "__main__":
    main()
