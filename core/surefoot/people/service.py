"""The identities of one workspace on this machine: made, kept, opened.

They lie in `<state>/<ws>/keys`. A person's key has to exist before the workspace does, whose id depends on it: it waits
in `<state>/unbound/<feed>` until `bind` gives it its workspace.
"""

import base64
import json
import shutil
from collections.abc import Callable, Container
from dataclasses import replace
from functools import partial
from pathlib import Path

from nacl.signing import SigningKey

from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.files import locked, private_folder, sync_folder, write_whole
from surefoot.people import rules, secrets
from surefoot.people.facts import Kept, Person
from surefoot.people.signers import KeySigner
from surefoot.trail import ids, keys
from surefoot.trail.canonical import encode
from surefoot.trail.facts import FORMAT, Signer

_PERSON, _MACHINE = "person", "machine"


class Identities:
    """The keys of a workspace.

    Attributes:
        ws: the workspace; None until `bind`.
    """

    def __init__(self, state: Path, *, ws: str | None = None, founders: Container[str] = ()) -> None:
        """Takes the identities that there are.

        Args:
            state: the user's state folder of Surefoot.
            ws: the workspace; None to make a person for a new one.
            founders: feeds named in the founding document; one that still waits for its workspace is bound to it.
        """
        self._state = state
        self._folder: Path | None = state / ws / "keys" if ws else None
        self.ws = ws
        waiting = state / "unbound"
        if ws is not None and not self._has(_PERSON) and waiting.is_dir():
            for folder in waiting.iterdir():
                if folder.name in founders:
                    self._folder = folder
                    self.bind(ws)
                    break

    def create_person(self, name: str, *, passphrase: str | None) -> Person:
        """Makes a person with a new key, wrapped by a passphrase, or by the OS key store where it is None.

        Raises:
            InputRefusedError: the name or the passphrase is refused, there is no key store, or a person is there.
        """
        clean = rules.checked_name(name)
        if passphrase is not None:
            rules.check_passphrase(passphrase)
        return self._create_person(clean, Kept.STORE if passphrase is None else Kept.PASSPHRASE, passphrase)

    def create_sample(self, name: str) -> Person:
        """Makes a sample identity: kept unwrapped (0600), valid for one workspace, and marked so in its founding.

        Raises:
            InputRefusedError: the name is refused, or a person is there.
        """
        return self._create_person(rules.checked_name(name), Kept.SAMPLE, None)

    def bind(self, ws: str) -> None:
        """Gives the person its workspace; what is bound already stays where it is.

        Raises:
            InputRefusedError: this workspace has a person on this machine.
            IncompleteError: there is no person to bind.
        """
        person = self.person()
        if person.ws == ws and self.ws == ws and self._folder == self._state / ws / "keys":
            return
        target = self._state / ws / "keys"
        if (target / f"{_PERSON}.json").exists() or self._folder is None:
            raise InputRefusedError(Code.IDENTITY_EXISTS, path=target)
        _write(self._folder / f"{_PERSON}.json", replace(person, ws=ws))
        private_folder(target.parent)
        if target.is_dir():  # a machine key was made first
            for path in sorted(self._folder.glob(f"{_PERSON}.*"), reverse=True):
                path.rename(target / path.name)
        else:
            self._folder.rename(target)
        sync_folder(target.parent)
        self._folder, self.ws = target, ws

    def discard(self) -> None:
        """Forgets a person whose workspace could not be founded: their key signed nothing that is left."""
        if self._folder is not None:
            if self._has(_PERSON) and (person := self.person()).kept is Kept.STORE:
                secrets.drop_from_store(person.feed)
            shutil.rmtree(self._folder)
            self._folder = None

    def person(self) -> Person:
        """The person.

        Raises:
            IncompleteError: there is none on this machine.
            InputRefusedError: the file is damaged, or belongs to another workspace.
        """
        return self._read(_PERSON)

    def person_signer(self, unlock: Callable[[], str]) -> Signer:
        """The person's key. It is opened at the first signature.

        Args:
            unlock: asks for the passphrase; called only where the key is wrapped by one.

        Raises:
            IncompleteError: there is no person on this machine.
        """
        person = self.person()
        return KeySigner(person, partial(self._open, _PERSON, person, unlock))

    def machine_signer(self) -> Signer:
        """The machine's key, made when first needed. A person has to enrol it (`Trail.enrol`) before it counts.

        Raises:
            IncompleteError: there is no workspace yet.
        """
        if self._folder is None or self.ws is None:
            raise IncompleteError(Code.IDENTITY_MISSING)
        private_folder(self._folder.parent)
        with locked(private_folder(self._folder) / "lock"):
            if not self._has(_MACHINE):
                self._make(self._folder, _MACHINE, "machine", Kept.MACHINE, None)
        machine = self._read(_MACHINE)
        return KeySigner(machine, partial(self._open, _MACHINE, machine, _nobody))

    def _create_person(self, name: str, kept: Kept, passphrase: str | None) -> Person:
        if self._folder is not None:
            raise InputRefusedError(Code.IDENTITY_EXISTS, path=self._folder)
        return self._make(private_folder(self._state / "unbound"), _PERSON, name, kept, passphrase)

    def _make(self, folder: Path, what: str, name: str, kept: Kept, passphrase: str | None) -> Person:
        key = SigningKey.generate()
        public = bytes(key.verify_key)
        feed = keys.feed_of(public)
        if what == _PERSON:
            folder = private_folder(folder / feed)
        if kept is Kept.STORE:
            passphrase = secrets.put_in_store(feed)
        is_person = what == _PERSON
        person = Person(
            id=ids.new("per" if is_person else "dev"),
            name=name,
            public=public,
            feed=feed,
            role="owner" if is_person else "machine",
            kept=kept,
            ws=None if is_person else self.ws,
        )
        secrets.write_key(folder / f"{what}.pem", key, passphrase)
        _write(folder / f"{what}.json", person)
        self._folder = folder
        return person

    def _open(self, what: str, person: Person, unlock: Callable[[], str]) -> SigningKey:
        if self._folder is None:
            raise IncompleteError(Code.IDENTITY_MISSING)
        passphrase = None
        if person.kept is Kept.PASSPHRASE:
            passphrase = unlock()
        elif person.kept is Kept.STORE:
            passphrase = secrets.get_from_store(person.feed)
        return secrets.read_key(self._folder / f"{what}.pem", passphrase)

    def _has(self, what: str) -> bool:
        return self._folder is not None and (self._folder / f"{what}.json").exists()

    def _read(self, what: str) -> Person:
        if self._folder is None or not self._has(what):
            raise IncompleteError(Code.IDENTITY_MISSING)
        path = self._folder / f"{what}.json"
        try:
            fields = json.loads(path.read_bytes())
            if fields["v"] > FORMAT:
                raise IncompleteError(Code.PROJECT_NEWER, path=path, found=fields["v"], known=FORMAT)
            public = base64.b64decode(fields["public"], validate=True)
            kept = Kept(fields["kept"])
            person = Person(
                fields["id"],
                fields["name"],
                keys.checked(public),
                keys.feed_of(public),
                fields["role"],
                kept,
                fields["ws"],
            )
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputRefusedError(Code.KEY_UNREADABLE, path=path, detail="damaged") from error
        if self.ws is not None and person.ws not in (None, self.ws):
            raise InputRefusedError(Code.KEY_UNREADABLE, path=path, detail="other-workspace")
        return person


def _nobody() -> str:
    return ""


def _write(path: Path, person: Person) -> None:
    fields = {
        "id": person.id,
        "kept": person.kept.value,
        "name": person.name,
        "public": base64.b64encode(person.public).decode(),
        "role": person.role,
        "v": FORMAT,
        "ws": person.ws,
    }
    write_whole(path, encode(fields), mode=0o600)
