"""Made of the notebook $notebook: its cells from top to bottom. The notebook itself lies in notes/."""

import json
import os
from pathlib import Path

# What the recipe says under [parameters], for this run.
PARAMETERS = json.loads(Path(os.environ["SUREFOOT_PARAMETERS"]).read_text(encoding="utf-8"))
# What is to be kept is written here; figures, a JSON line each, to metrics.jsonl in it.
OUTPUT = Path(os.environ["SUREFOOT_OUTPUT"])
