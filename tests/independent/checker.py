"""A second reader of the trail, written from the format's page and not from the library, standard library only.

    python tests/independent/checker.py PROJECT/.surefoot [WS]

prints every fault and ends with 1 where there is one. It shares no line with the library: it parses JSON and encodes it
again (the library matches an expression), has its own Ed25519, its own tree. Whether both agree on whole and damaged
trails is what tests/unit/trail/test_independent.py asks.
"""

import base64
import hashlib
import hmac
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)  # noqa: E741 - the square root of -1, as RFC 8032 names it
Point = tuple[int, int, int, int]
DECIDES = ("policy.", "waiver.", "approval.", "device.", "erasure.")
DECIDES_TOO = ("release.approved", "release.activated", "release.rolled-back", "service.stopped", "service.lifted")
MACHINE = {f"run.{end}" for end in ("started", "finished", "failed", "interrupted", "cancelled", "lost", "preempted")}
MACHINE |= {f"service.{what}" for what in ("started", "leased", "guardrail-tripped", "window", "ended")}
MACHINE |= {"feed.opened", "feed.closed", "trail.recovered"}
DATA = {"asset.registered", "asset.derived"}
NEEDS: dict[str, tuple[set[str], ...]] = {  # of each set of types at least one cause
    "run.started": ({"run.requested"},),
    "run.finished": ({"run.started"},),
    "run.failed": ({"run.started", "run.requested"},),
    "model.accepted": ({"run.finished"},),
    "release.proposed": ({"model.accepted"}, {"policy.adopted"}),
    "approval.given": ({"release.proposed"},),
    "release.approved": ({"approval.given"},),
    "release.activated": ({"release.approved"},),
    "service.started": ({"release.activated"},),
    "service.stopped": ({"release.activated"},),
} | {f"check.{state}": ({"model.accepted"}, DATA) for state in ("passed", "failed", "close", "undetermined")}


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n: int, p: Point) -> Point:
    q: Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            q = add(q, p)
        p, n = add(p, p), n >> 1
    return q


def point(raw: bytes) -> Point | None:
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * I % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def packed(p: Point) -> bytes:
    z = pow(p[2], P - 2, P)
    return (p[1] * z % P | (p[0] * z % P & 1) << 255).to_bytes(32, "little")


BASE = point(bytes.fromhex("58" + "66" * 31))


def is_small(raw: bytes) -> bool:
    p = point(raw)
    return p is None or packed(times(8, p)) == packed((0, 1, 1, 0))


def signed(public: bytes, data: bytes, signature: bytes) -> bool:
    a, s = point(public), int.from_bytes(signature[32:], "little")
    if len(public) != 32 or len(signature) != 64 or a is None or is_small(public) or s >= L or BASE is None:
        return False
    if is_small(signature[:32]):
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + data).digest(), "little") % L
    minus: Point = (P - a[0], a[1], 1, P - a[3])
    return packed(add(times(s, BASE), times(h, minus))) == signature[:32]


def tree(entries: list[bytes]) -> bytes:
    if len(entries) < 2:
        return hashlib.sha256(b"\0" + entries[0] if entries else b"").digest()
    half = 1 << (len(entries) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(entries[:half]) + tree(entries[half:])).digest()


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def pae(kind: str, payload: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def strict(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64 with spare bits")
    return raw


class Checker:
    """One check of one `.surefoot` folder; `faults` holds what it found."""

    def __init__(self, folder: Path, ws: str | None = None) -> None:
        self.folder, self.faults = folder, list[str]()
        self.types: dict[str, str] = {}
        self.heads: dict[str, list[bytes]] = {}
        self.devices: dict[str, str] = {}
        self.later: list[tuple[str, dict[str, Any]]] = []
        try:
            envelope = json.loads((folder / "trail/roots/1.dsse").read_bytes())
            payload = strict(envelope["payload"])
            self.ws, self.root = hashlib.sha256(payload).hexdigest(), json.loads(payload)
            self.owner = self.root["persons"][0]
            public = strict(self.owner["keys"][0]["public"])
            good = signed(public, pae(envelope["payloadType"], payload), strict(envelope["signatures"][0]["sig"]))
        except (OSError, ValueError, KeyError, IndexError, TypeError):
            good, public = False, b""
        if not good or ws not in (None, self.ws):
            self.faults.append("founding document")
            return
        mine = hashlib.sha256(public).hexdigest()
        names = {path.name for path in (folder / "trail/feeds").glob("?" * 64)} | {mine}
        for name in [mine, *sorted(names - {mine})]:
            self.feed(name, person=name == mine)
        self.compare()

    def feed(self, name: str, *, person: bool) -> None:
        folder = self.folder / "trail/feeds" / name
        entries = self.heads[name] = list[bytes]()
        try:
            public = (folder / "key").read_bytes()
        except OSError:
            public = b""
        if hashlib.sha256(public).hexdigest() != name or is_small(public) or not (person or name in self.devices):
            self.faults.append(f"{name[:8]}: key")
            return
        prev, hlc, details = self.ws, 0, dict(self.details(name))
        for raw in self.lines(name, folder):
            where = f"{name[:8]}:{len(entries)}"
            try:
                line = self.line(raw, public, where)
                if (line["seq"], line["prev"]) != (len(entries), prev) or line["hlc"] <= hlc:
                    self.faults.append(f"{where}: place")
                hlc = line["hlc"]
                self.about(line, where, name, person=person)
                self.body(line["body"], details.get(len(entries)), where)
            except (ValueError, KeyError, TypeError, AttributeError):
                self.faults.append(f"{where}: line")
            entries.append(raw)
            prev = hashlib.sha256(b"\0" + raw).hexdigest()
        for path in sorted((folder / "ckpt").glob("*")):
            self.checkpoint(path, name, public, entries)

    def lines(self, name: str, folder: Path) -> Iterator[bytes]:
        paths = sorted(folder.glob("[0-9]*.evt"))
        if [path.stem for path in paths] != [f"{at:06}" for at in range(len(paths))] or not paths:
            self.faults.append(f"{name[:8]}: segments")
        for path in paths:
            *found, rest = path.read_bytes().split(b"\n")
            if rest or len(found) > 256 or (len(found) < 256 and path != paths[-1]):
                self.faults.append(f"{name[:8]}: segment {path.stem}")
            yield from found

    def line(self, raw: bytes, public: bytes, where: str) -> dict[str, Any]:
        payload, tab, text = raw.rpartition(b"\t")
        line = json.loads(payload)
        if not tab or canonical(line) != payload or line["v"] != 1 or line["ws"] != self.ws:
            self.faults.append(f"{where}: canonical")
        if not signed(public, pae("application/vnd.surefoot.event.v1+json", payload), strict(text.decode())):
            self.faults.append(f"{where}: signature")
        numbers = (line["seq"], line["hlc"], line["boot"]["ms"], line["body"]["count"])
        if not all(type(number) is int and 0 <= number < 2**53 for number in numbers):
            self.faults.append(f"{where}: numbers")
        return dict(line)

    def about(self, line: dict[str, Any], where: str, name: str, *, person: bool) -> None:
        kind, decides = line["type"], line["type"].startswith(DECIDES) or line["type"] in DECIDES_TOO
        who = (self.owner["id"], "owner") if person else (self.devices[name], "machine")
        if line["feed"] != name or (line["actor"], line["role"]) != who or (not person and kind not in MACHINE):
            self.faults.append(f"{where}: who")
        if line.get("self", False) is not decides:
            self.faults.append(f"{where}: self")
        if person and kind == "device.enrolled":
            self.devices.update({sha256: one for one, sha256 in line["subj"]})
        self.later.append((where, line))

    def details(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        seen = list[int]()
        for path in sorted((self.folder / "bodies" / name).glob("*.jsonl")):
            for raw in path.read_bytes().split(b"\n")[:-1]:
                try:
                    line = json.loads(raw)
                    yield line["seq"], line["fields"]
                    seen.append(line["seq"])
                except (ValueError, KeyError, TypeError):
                    self.faults.append(f"{name[:8]}: bodies {path.stem}")
        if len(seen) != len(set(seen)):
            self.faults.append(f"{name[:8]}: bodies twice")

    def body(self, told: dict[str, Any], fields: dict[str, Any] | None, where: str) -> None:
        if fields is None:
            if told["count"]:
                self.faults.append(f"{where}: details missing")
            return
        leaves = []
        for path, one in sorted(fields.items()):
            if "leaf" in one:
                leaves.append(bytes.fromhex(one["leaf"]))
            else:
                leaves.append(hmac.digest(strict(one["salt"]), canonical([path, one["value"]]), "sha256"))
        if (len(leaves), tree(leaves).hex()) != (told["count"], told["root"]):
            self.faults.append(f"{where}: details")

    def checkpoint(self, path: Path, name: str, public: bytes, entries: list[bytes]) -> None:
        origin = f"surefoot/{self.ws}/{name}"
        text, _, signature = path.read_bytes().decode().rpartition("\n\n")
        try:
            first, size, root = text.split("\n")
            dash, key, blob = signature.removesuffix("\n").split(" ")
            raw = strict(blob)
        except ValueError:
            self.faults.append(f"{name[:8]}: checkpoint")
            return
        hint = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
        good = (dash, first, key, raw[:4]) == ("\u2014", origin, origin, hint)
        if not good or not signed(public, text.encode() + b"\n", raw[4:]):
            self.faults.append(f"{name[:8]}: checkpoint signature")
        if int(size) != int(path.name) or int(size) > len(entries) or tree(entries[: int(size)]) != strict(root):
            self.faults.append(f"{name[:8]}: checkpoint {size}")

    def compare(self) -> None:
        for entries in self.heads.values():
            for raw in entries:
                kind = raw.partition(b'"type":"')[2].partition(b'"')[0].decode(errors="replace")
                self.types[hashlib.sha256(b"\0" + raw).hexdigest()] = kind
        for where, line in self.later:
            causes = [self.types.get(leaf) for leaf in line["cause"]]
            if None in causes or any(not needed & set(causes) for needed in NEEDS.get(line["type"], ())):
                self.faults.append(f"{where}: cause")
            for feed, (size, root) in line.get("seen", {}).items():
                entries = self.heads.get(feed, [])
                if size > len(entries) or tree(entries[:size]).hex() != root:
                    self.faults.append(f"{where}: seen")


if __name__ == "__main__":
    checker = Checker(Path(sys.argv[1]), *sys.argv[2:3])
    print("\n".join(checker.faults) or "whole")
    sys.exit(bool(checker.faults))
