import base64
import re

import pytest

from surefoot.trail import ids


def test_an_id_is_its_kind_and_26_letters_of_a_uuid_7() -> None:
    name = ids.new("run")
    raw = base64.b32decode(name.removeprefix("run_").upper() + "======")
    assert len(name) == 30
    assert (raw[6] >> 4, raw[8] >> 6) == (7, 2)
    assert re.fullmatch("run_[a-z2-7]{26}", name)


def test_ids_differ() -> None:
    assert len({ids.new("ds") for _ in range(1000)}) == 1000


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="cat"):
        ids.new("cat")
