"""Tables that leave the product: one module writes them, and it makes formulas harmless (trail.md row 63)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITES = re.compile(r"csv\.(?:writer|DictWriter)\(|\.(?:to_csv|write_csv|write_excel|to_excel)\(|COPY .* TO ")
# What people get, and the two that write into a worker's scratch folder for the engine alone, as it was.
FOR_PEOPLE = "core/surefoot/deployments/scored_file.py"
FOR_THE_ENGINE = ("core/surefoot/datasets/csvtext.py", "core/surefoot/datasets/jsonlines.py")
CALLS_THE_ENGINES = ("core/surefoot/datasets/loading.py",)


def test_no_other_module_writes_a_table_that_a_spreadsheet_reads() -> None:
    sources = [*ROOT.glob("core/**/*.py"), *ROOT.glob("app/**/*.py")]
    found = {str(path.relative_to(ROOT)) for path in sources if WRITES.search(path.read_text(encoding="utf-8"))}
    assert found == {FOR_PEOPLE, *FOR_THE_ENGINE, *CALLS_THE_ENGINES}


@pytest.mark.parametrize(
    "line", ["csv.writer(file)", "frame.write_csv(path)", "table.to_csv(path)", "frame.to_excel(x)"]
)
def test_a_way_to_write_one_is_seen(line: str) -> None:
    assert WRITES.search(line)
