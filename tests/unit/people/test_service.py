"""Identities: made, wrapped, opened, bound to their workspace; and what is refused."""

import shutil
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from surefoot.errors import Code, IncompleteError, InputRefusedError, SurefootError
from surefoot.people import Identities, Kept, has_store, passphrase_from_file
from surefoot.trail import Draft, Trail, Verdict, keys, verify

PASSPHRASE = "correct horse battery"
WS = "ab" * 32


def refused(code: Code) -> "pytest.RaisesExc[SurefootError]":
    return pytest.raises(SurefootError, check=lambda error: error.code == code)


def never() -> str:
    raise AssertionError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with one bound person (making one costs a fifth of a second)."""
    state = tmp_path_factory.mktemp("state")
    identities = Identities(state)
    identities.create_person("Nguyễn Ánh", passphrase=PASSPHRASE)
    identities.bind(WS)
    return state


@pytest.fixture
def state(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "state"))


def test_a_person_signs_after_the_passphrase_and_is_asked_once(state: Path) -> None:
    asked = []

    def unlock() -> str:
        asked.append(1)
        return PASSPHRASE

    signer = Identities(state, ws=WS).person_signer(unlock)
    assert asked == []
    assert keys.verify(signer.public, b"x", signer.sign(b"x"))
    signer.sign(b"y")
    assert asked == [1]
    assert (signer.role, signer.actor[:4], signer.feed) == ("owner", "per_", keys.feed_of(signer.public))


def test_a_wrong_passphrase_opens_nothing(state: Path) -> None:
    signer = Identities(state, ws=WS).person_signer(lambda: "wrong horse")
    with refused(Code.PASSPHRASE_WRONG):
        signer.sign(b"x")


def test_nothing_in_the_state_folder_is_open_to_others_or_unwrapped(state: Path) -> None:
    for path in state.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
    pem = state / WS / "keys" / "person.pem"
    assert pem.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_a_wrapped_key_that_others_can_read_is_tightened(state: Path) -> None:
    pem = state / WS / "keys" / "person.pem"
    pem.chmod(0o644)
    Identities(state, ws=WS).person_signer(lambda: PASSPHRASE).sign(b"x")
    assert pem.stat().st_mode & 0o777 == 0o600


def test_a_plain_key_that_others_can_read_is_refused(state: Path) -> None:
    Identities(state, ws=WS).machine_signer()
    pem = state / WS / "keys" / "machine.pem"
    pem.chmod(0o640)
    with refused(Code.FILE_OPEN_TO_OTHERS):
        Identities(state, ws=WS).machine_signer().sign(b"x")


def test_a_machine_has_one_key_made_when_first_needed(state: Path) -> None:
    first, second = Identities(state, ws=WS).machine_signer(), Identities(state, ws=WS).machine_signer()
    assert first.feed == second.feed
    assert (first.role, first.actor[:4]) == ("machine", "dev_")
    assert keys.verify(first.public, b"x", second.sign(b"x"))


def test_without_a_workspace_there_is_no_machine_key(tmp_path: Path) -> None:
    with refused(Code.IDENTITY_MISSING):
        Identities(tmp_path).machine_signer()


def test_another_person_in_the_same_place_is_refused(state: Path) -> None:
    with refused(Code.IDENTITY_EXISTS):
        Identities(state, ws=WS).create_person("Second", passphrase=PASSPHRASE)
    other = Identities(state)
    other.create_sample("Second")
    with refused(Code.IDENTITY_EXISTS):
        other.bind(WS)


def test_no_identity_is_told_as_that(tmp_path: Path) -> None:
    identities = Identities(tmp_path, ws=WS)
    with refused(Code.IDENTITY_MISSING):
        identities.person_signer(never)
    with refused(Code.IDENTITY_MISSING):
        Identities(tmp_path).bind(WS)


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 101, "a\nb", "a\u202eb", "a\u200bb", "\ud800", "Pаvel", "Αlice", "a\u0000", "\ue000"]
)
def test_a_name_that_misleads_is_refused(tmp_path: Path, name: str) -> None:
    with refused(Code.NAME_REFUSED):
        Identities(tmp_path).create_sample(name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["Nguyễn Thị Ánh", "山田 太郎", "Павел", "O'Neill-Smith 2", "José"])
def test_ordinary_names_are_taken(tmp_path: Path, name: str) -> None:
    assert Identities(tmp_path).create_sample(name).name == name


def test_a_decomposed_name_is_composed(tmp_path: Path) -> None:
    assert Identities(tmp_path).create_sample("Jose\u0301").name == "José"


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with refused(Code.PASSPHRASE_SHORT):
        Identities(tmp_path).create_person("A", passphrase="1234567")


def test_a_sample_is_for_its_workspace_alone(tmp_path: Path) -> None:
    identities = Identities(tmp_path)
    person = identities.create_sample("Sample")
    with Trail.create(
        tmp_path / "p", state=tmp_path, owner=identities.person_signer(never), about={"name": "s"}, sample=True
    ) as trail:
        identities.bind(trail.ws)
        identities.bind(trail.ws)
        assert Identities(tmp_path, ws=trail.ws).person().kept is Kept.SAMPLE
        assert person.ws is None
        trail.enrol(identities.person_signer(never), identities.machine_signer())
        (event,) = trail.recorder(Identities(tmp_path, ws=trail.ws).person_signer(never)).record(Draft("label.set"))
        assert event.actor == person.id
    shutil.copytree(tmp_path / trail.ws / "keys", tmp_path / WS / "keys")
    with refused(Code.KEY_UNREADABLE):
        Identities(tmp_path, ws=WS).person()
    assert verify(tmp_path / "p", pins=tmp_path).verdict == Verdict.PASS


def test_an_identity_whose_foundation_was_interrupted_finds_its_workspace(tmp_path: Path) -> None:
    person = Identities(tmp_path).create_sample("Sample")
    Identities(tmp_path).create_sample("Another")
    assert Identities(tmp_path, ws=WS, founders=[person.feed]).person().feed == person.feed
    assert Identities(tmp_path, ws=WS).person().ws == WS


def test_a_machine_key_that_was_made_first_stays(tmp_path: Path) -> None:
    feed = Identities(tmp_path, ws=WS).machine_signer().feed
    identities = Identities(tmp_path)
    identities.create_sample("Late")
    identities.bind(WS)
    assert Identities(tmp_path, ws=WS).machine_signer().feed == feed
    assert Identities(tmp_path, ws=WS).person().name == "Late"


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b'{"v":1}', b"[" * 9999, b"\xff"],
)
def test_a_damaged_identity_is_told_as_that(state: Path, data: bytes) -> None:
    (state / WS / "keys" / "person.json").write_bytes(data)
    with refused(Code.KEY_UNREADABLE):
        Identities(state, ws=WS).person()


def test_an_identity_of_a_newer_version_is_told_as_that(state: Path) -> None:
    path = state / WS / "keys" / "person.json"
    path.write_bytes(path.read_bytes().replace(b'"v":1', b'"v":2'))
    with pytest.raises(IncompleteError):
        Identities(state, ws=WS).person()


@pytest.mark.parametrize(
    "text", ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "y" * 5000]
)
def test_a_damaged_key_file_is_told_as_that(state: Path, text: str) -> None:
    machine = Identities(state, ws=WS).machine_signer()
    (state / WS / "keys" / "machine.pem").write_text(text)
    with refused(Code.KEY_UNREADABLE):
        machine.sign(b"x")


def test_a_key_file_that_was_exchanged_is_refused(state: Path) -> None:
    machine = Identities(state, ws=WS).machine_signer()
    other = Identities(state, ws="cd" * 32)
    other.machine_signer()
    shutil.copy2(state / ("cd" * 32) / "keys" / "machine.pem", state / WS / "keys" / "machine.pem")
    with refused(Code.KEY_UNREADABLE):
        machine.sign(b"x")


def test_a_missing_or_linked_key_file_is_refused(state: Path) -> None:
    machine = Identities(state, ws=WS).machine_signer()
    pem = state / WS / "keys" / "machine.pem"
    moved = pem.rename(state / "elsewhere")
    with refused(Code.FILE_MISSING):
        machine.sign(b"x")
    pem.symlink_to(moved)
    with refused(Code.KEY_UNREADABLE):
        machine.sign(b"x")


def test_a_passphrase_file_has_to_be_private(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\n")
    path.chmod(0o600)
    assert passphrase_from_file(path) == PASSPHRASE
    path.chmod(0o640)
    with refused(Code.FILE_OPEN_TO_OTHERS):
        passphrase_from_file(path)
    path.chmod(0o600)
    path.write_bytes(b"\xff\xfe")
    with refused(Code.KEY_UNREADABLE):
        passphrase_from_file(path)
    with refused(Code.FILE_MISSING):
        passphrase_from_file(tmp_path / "none")
    with refused(Code.KEY_UNREADABLE):
        passphrase_from_file(tmp_path)


class Store(KeyringBackend):
    """A key store in memory, which may be locked or forgetful."""

    priority: ClassVar[float] = 5
    kept: ClassVar[dict[str, str]] = {}
    locked: ClassVar[bool] = False
    forgets: ClassVar[bool] = False

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        Store.kept[f"{service} {username}"] = "other" if self.forgets else password

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return Store.kept.get(f"{service} {username}")

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")


class Weak(Store):
    priority: ClassVar[float] = 0


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> type[Store]:
    monkeypatch.setattr(keyring, "get_keyring", Store)
    monkeypatch.setattr(Store, "kept", {})
    return Store


def test_a_key_store_wraps_the_key_and_nobody_is_asked(store: type[Store], tmp_path: Path) -> None:
    assert has_store()
    identities = Identities(tmp_path)
    person = identities.create_person("Ánh", passphrase=None)
    identities.bind(WS)
    signer = Identities(tmp_path, ws=WS).person_signer(never)
    assert keys.verify(signer.public, b"x", signer.sign(b"x"))
    assert list(store.kept) == [f"surefoot {person.feed}"]
    assert "ENCRYPTED" in (tmp_path / WS / "keys" / "person.pem").read_text()
    store.kept.clear()
    with refused(Code.KEYRING_UNUSABLE):
        Identities(tmp_path, ws=WS).person_signer(never).sign(b"x")


@pytest.mark.parametrize("trouble", ["locked", "forgets"])
def test_a_store_that_fails_leaves_no_key_in_the_open(
    store: type[Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr(store, trouble, True)
    with refused(Code.KEYRING_UNUSABLE):
        Identities(tmp_path).create_person("Ánh", passphrase=None)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_without_a_store_worth_the_name_a_passphrase_is_needed(
    store: type[Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", Weak)
    assert not has_store()
    with refused(Code.KEYRING_UNUSABLE):
        Identities(tmp_path).create_person("Ánh", passphrase=None)
    monkeypatch.setattr(Store, "__module__", "keyrings.alt.file")
    monkeypatch.setattr(keyring, "get_keyring", Store)
    assert not has_store()
    monkeypatch.setattr(keyring, "get_keyring", never)
    assert not has_store()


def test_what_is_refused_says_so_by_its_class(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError):
        Identities(tmp_path).create_person("", passphrase=PASSPHRASE)
