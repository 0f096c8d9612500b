"""Tables, keys and paths that cannot be used, through the real program: a clear error, and not a trace of it left.

The rooms' own tests try many more inputs; here one of each kind goes the whole way, and everything is looked at that
could be left behind: the record, the details, the objects, the state folder, the scratch folder, processes.
"""

import os
from pathlib import Path

import pytest

from surefoot.errors import Code
from tests.e2e.conftest import Home, with_fewer_rights
from tests.e2e.traces import make_home, settled, traces

ROWS = "".join(f"r{number},{number % 7},{'yes' if number % 3 else 'no'}\n" for number in range(60))
GOOD = "id,points,answer\n" + ROWS
WIDE = ",".join(f"c{number}" for number in range(100_000)) + "\n" + ",".join("1" * 100_000) + "\n"
TARGET, KEY = ("--target", "answer"), ("--key", "id")

BAD: dict[str, tuple[bytes, tuple[str, ...], Code, tuple[str, ...]]] = {
    "mixed types": (GOOD.replace("r50,1,", "r50,many,").encode(), (), Code.MIXED_TYPES, ("points", "52", "many")),
    "a broken row": ((GOOD + "r60,1\n").encode(), (), Code.BROKEN_ROW, ("62",)),
    "a quotation mark that never closes": (GOOD.replace("r7,", '"r7,').encode(), (), Code.BROKEN_ROW, ("9",)),
    "another encoding": (GOOD.replace("r7,", "rés,").encode("latin-1"), (), Code.ENCODING, ("9", "latin-1")),
    "UTF-16": (GOOD.encode("utf-16"), (), Code.ENCODING, ("utf-16",)),
    "no header": (ROWS.encode(), (), Code.NO_HEADER, ("r0,0,no",)),
    "one column": (b"word\n" + b"a\nb\n" * 20, (), Code.ONE_COLUMN, ("word",)),
    "no rows": (b"id,points,answer\n", (), Code.NO_ROWS, ()),
    "nothing at all": (b"", (), Code.NO_ROWS, ()),
    "100,000 columns": (WIDE.encode(), (), Code.TOO_MANY_COLUMNS, ("100000",)),
    "a target that is missing": (GOOD.encode(), ("--target", "answr"), Code.COLUMN_UNKNOWN, ("answr", "answer")),
    "a target that is constant": (
        GOOD.replace(",no\n", ",yes\n").encode(),
        TARGET,
        Code.TARGET_CONSTANT,
        ("answer", "yes"),
    ),
    "a key with duplicates": ((GOOD + "r7,3,no\nr7,4,no\n").encode(), KEY, Code.KEY_TWICE, ("id", "r7")),
    "a key with gaps": (GOOD.replace("r7,", ",").encode(), KEY, Code.KEY_EMPTY, ("id",)),
    "a pickle": (b"\x80\x04\x95\x00\x00\x00\x00", (), Code.SOURCE_FORMAT, ("pickle",)),
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One home for all: each test leaves it as it found it, or with one more dataset that nobody else looks at."""
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("what", BAD)
def test_a_bad_table_is_refused_in_words_and_leaves_nothing(shared: Home, what: str) -> None:
    content, options, code, named = BAD[what]
    (shared.project / "table.csv").write_bytes(content)
    before = traces(shared)
    told = shared.call("dataset", "add", "table.csv", *options, exit_code=8).stderr
    assert told.rstrip().endswith(f"({code})"), told
    assert [word for word in named if word not in told] == [], told
    assert "{" not in told
    assert traces(shared) == before
    assert settled(shared)


def test_a_byte_order_mark_is_no_fault(shared: Home) -> None:
    (shared.project / "marked.csv").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    added = shared.json("dataset", "add", "marked.csv", *TARGET, *KEY)
    assert [column["name"] for column in added["columns"]] == ["id", "points", "answer"]


NAMES = (
    "it's.csv",
    'a"b.csv',
    "new\nline.csv",
    "a;b --.csv",
    "*.csv",
    "$(touch x).csv",
    "../beside/up.csv",
    "\x1b[31mred.csv",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_path_is_a_name_and_nothing_else(shared: Home, name: str) -> None:
    (shared.project / "bait.csv").write_text(GOOD.replace("answer", "bait"))
    source = shared.project / name
    source.parent.mkdir(exist_ok=True)
    source.write_text(GOOD.replace("points", f"column {NAMES.index(name)}"), encoding="utf-8")
    told = shared.call("dataset", "add", name, "--name", f"table-{NAMES.index(name)}").stdout
    assert "\x1b" not in told
    shown = shared.json("dataset", "show", f"table-{NAMES.index(name)}")
    assert [column["name"] for column in shown["columns"]] == ["id", f"column {NAMES.index(name)}", "answer"]
    assert not (shared.project / "x").exists()
    assert "\x1b" not in shared.call("dataset", "list").stdout + shared.call("audit", "verify").stdout


@pytest.mark.parametrize(
    "name", ["none.csv", "../../../none.csv", "s3://bucket/x.csv", "no\nne.csv", "no'ne.csv", "\x1b[31m"]
)
def test_a_path_to_nothing_is_looked_for_nowhere_else(shared: Home, name: str) -> None:
    before = traces(shared)
    told = shared.call("dataset", "add", name, exit_code=9).stderr
    assert f"({Code.FILE_MISSING})" in told
    assert "\x1b" not in told
    assert traces(shared) == before


def test_a_folder_with_a_link_out_of_it_is_refused_whole(shared: Home) -> None:
    folder = shared.project / "pictures"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.txt").write_text(str(number))
    (folder / "out.txt").symlink_to("/etc/passwd")
    before = traces(shared)
    told = shared.call("dataset", "add", "pictures", exit_code=8).stderr
    assert f"({Code.FOLDER_LINK})" in told
    assert "out.txt" in told
    assert traces(shared) == before
    (folder / "out.txt").unlink()
    (folder / "deep").symlink_to("/etc")
    before = traces(shared)
    assert f"({Code.FOLDER_LINK})" in shared.call("dataset", "add", "pictures", exit_code=8).stderr
    assert traces(shared) == before


def test_a_name_of_a_dataset_cannot_lead_anywhere(shared: Home) -> None:
    (shared.project / "good.csv").write_text(GOOD)
    before = traces(shared)
    for name in ("../out", "a/b", "", ".", "-", "x" * 300, "a\nb"):
        told = shared.call("dataset", "add", "good.csv", "--name", name, exit_code=8).stderr
        assert f"({Code.DATASET_NAME})" in told, name
        assert traces(shared) == before


def test_a_source_that_may_not_be_read_is_refused(shared: Home) -> None:
    source = shared.project / "closed.csv"
    source.write_text(GOOD)
    source.chmod(0)
    before = traces(shared)
    done = with_fewer_rights(shared, "dataset", "add", "closed.csv")
    assert (done.returncode, f"({Code.INPUT_UNREADABLE})" in done.stderr) == (8, True), done.stderr
    assert traces(shared) == before
    source.unlink()


def test_a_pipe_and_a_device_are_refused_without_waiting(shared: Home) -> None:
    os.mkfifo(shared.project / "pipe.csv")
    for source in ("pipe.csv", "/dev/zero"):
        before = traces(shared)
        assert f"({Code.INPUT_KIND})" in shared.call("dataset", "add", source, exit_code=8).stderr
        assert traces(shared) == before
    Path(shared.project / "pipe.csv").unlink()


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (GOOD.replace("r7,", "rés,").encode("latin-1"), ("--encoding", "latin-1")),
        (GOOD.encode("utf-16-le"), ("--encoding", "utf-16-le")),
        (ROWS.encode(), ("--no-header",)),
        (GOOD.replace(",", "¦").encode(), ("--delimiter", "¦")),
        (GOOD.replace("r50,1,", "r50,many,").encode(), ("--missing", "many")),
        (GOOD.replace("r50,1,", "r50,many,").encode(), ("--type", "points=text")),
    ],
)
def test_the_advice_of_an_error_can_be_followed(shared: Home, content: bytes, advice: tuple[str, ...]) -> None:
    name = f"advised-{'-'.join(advice).strip('-').replace('=', '-').encode().hex()}"
    add = ("dataset", "add", "advised.csv", "--name", name)
    (shared.project / "advised.csv").write_bytes(content)
    assert advice[0] in shared.call(*add, exit_code=8).stderr
    shared.call(*add, *advice)


def test_an_option_that_says_nothing_is_refused_and_not_passed_over(shared: Home) -> None:
    (shared.project / "good.csv").write_text(GOOD)
    before = traces(shared)
    for option in ("--target", "--key", "--encoding", "--delimiter", "--expiry", "--test"):
        told = shared.call("dataset", "add", "good.csv", "--name", "good", option, "", exit_code=8).stderr
        assert "(SF-20" in told, option
    # A pair is a matter of the command's words, not of what it means for the table.
    told = shared.call("dataset", "add", "good.csv", "--name", "good", "--type", "", exit_code=2).stderr
    assert "(SF-3007)" in told
    assert traces(shared) == before


def test_letters_of_a_table_that_a_terminal_would_obey_are_shown(shared: Home) -> None:
    (shared.project / "coloured.csv").write_text(GOOD.replace("r50,1,", "r50,\x1b[31m,").replace("answer", "\x1b[32m"))
    told = shared.call("dataset", "add", "coloured.csv", exit_code=8).stderr
    (shared.project / "coloured.csv").write_text(GOOD.replace("answer", "\x1b[32m").replace("r7", "\x1b[7m"))
    told += shared.call("dataset", "add", "coloured.csv", "--name", "coloured").stdout
    told += shared.call("dataset", "show", "coloured").stdout
    assert "\x1b" not in told
