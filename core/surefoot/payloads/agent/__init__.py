"""The agent: carries out one run where it is, with no key and no knowledge of the workbench (Python 3.8 syntax).

Three processes, so that no single kill leaves a command behind:

    keeper      started by the executor; adopts whatever escapes; ends everything and says so when the agent is killed
      agent     starts the command, reads its metrics, serves MLflow's tracking calls, holds the guardrails, collects
        command in a session of its own; gets SIGKILL from the kernel when the agent dies

All speak through files of the run's folder: `plan.json` in; `state.json`, `log.txt`, `telemetry.jsonl`, `output/` and,
last of all and in one step, `end.json` out. The standard library is all it needs. `build.build` packs it into one file.
"""
