"""The capsule: the folder in which a release leaves the house, and its digest.

Layout (format 1). Nothing else may lie in the folder; no links, no second links, no empty folders::

    manifest.json            canonical JSON; its SHA-256 IS the release digest
    model.onnx               the model; raw rows in, unless preprocessing.onnx lies beside it
    preprocessing.onnx       the graph that raw rows go through first (optional: where it is not inside the model);
                             its outputs are the model's inputs, by name, type and shape
    vectors.json             parity vectors as training wrote them: {"format":1,"tolerance":"0.0001",
                             "inputs":{name:[one value per row]},"outputs":{name:[...]}}
    signature.json           what goes in and comes out (below)
    settings.json            the wrapper's limits (below)
    lock.txt                 exact versions of the wrapper's environment (below)
    sbom.cdx.json            CycloneDX 1.7 ML-BOM with modelCard and data components
    model-card.md            for people
    data-sheet.md            for people: the data (optional: a capsule of an older version has none)
    openapi.json             the service's routes and schemas, OpenAPI 3.1 (optional likewise)
    dockerfile               how a container engine runs it (optional likewise; so is the next)
    systemd.service          how systemd runs it
    statements/release.dsse          in-toto Statement v1 in DSSE, signed by a person's key
    statements/provenance.dsse       SLSA provenance v1
    statements/check-<kind>.dsse     in-toto test-result v0.1, one per check (kind: [a-z0-9-]+)
    roots/<n>.dsse           the workspace's role documents 1..n, copied byte for byte

``manifest.json`` is known, and approved by its digest, before anything is signed; so it lists the first block only
(the *content*), never statements and roots. These prove themselves: see "To verify". All JSON files here but
``sbom.cdx.json``, ``openapi.json`` and ``vectors.json`` are canonical JSON (surefoot.trail.canonical): sorted keys, no
spaces, UTF-8, no floats (fractions are decimal strings).

manifest.json::

    {"format":1, "kind":"surefoot.capsule", "ws":"<64 hex>", "release":"rel_...", "name":"german-credit",
     "version":"1.0.0", "environments":["local"],
     "files":[{"path":"lock.txt","sha256":"<64 hex>","size":123}, ...]}      # sorted by path

``name`` matches ``[a-z0-9][a-z0-9-]{0,62}`` and is the model's name in ``/v2/models/<name>/infer``; ``environments``
are the only ones a lease may name.

signature.json::

    {"format":1, "name":"german-credit", "version":"1.0.0",
     "inputs":[{"name":"age","type":"float32","shape":[-1,1],
                "categories":["a","b"],          # optional: the values taken; of a number, [false,true] beside 0 and 1
                "minimum":"0","maximum":"110",   # optional: the range taken (see bounds.py), decimal strings
                "nullable":true,                 # optional: null is taken, and means NaN or the empty text
                "unit":"years"}],                # optional
     "outputs":[{"name":"label","type":"string","shape":[-1,1]},
                {"name":"probability","type":"float32","shape":[-1,1]}],
     "target":{"name":"risk","positive":"bad"}}  # column predicted; the label `probability` is about (or null)

``type`` is one of float32, float64, int32, int64, bool, string; -1 in a shape is the number of rows. Order of
``inputs`` is the graph's order.

settings.json::

    {"format":1, "limits":{"requests_per_minute":600, "requests_per_day":100000, "body_bytes":1048576, "rows":1000,
     "depth":8, "concurrency":4}, "lease_ms":604800000}

The first two limits are per token; ``depth`` is JSON nesting; ``concurrency`` is requests computed at a time;
``lease_ms`` is the longest a lease may last. A deployment may use smaller figures, never larger ones.

lock.txt: requirements lines ``name==version`` sorted by name, UTF-8, LF; lines starting with ``#`` are comments;
``# python==3.11`` names the interpreter. After a version may follow ``--hash=sha256:<hex>`` of archives (where known)
and, behind `` # files sha256:<hex>``, the digest of the installed files (see lock.py).

Statements: DSSE envelope (surefoot.trail.dsse), payloadType ``application/vnd.in-toto+json``; the payload is a
Statement (``_type`` ``https://in-toto.io/Statement/v1``):

* release, predicateType ``urn:surefoot:release:v1``; ``subject`` is every content file (name = path) and
  ``manifest.json``; predicate (flat excerpt)::

      {"release":"rel_...","name":...,"version":...,"ws":...,"digest":"<release digest>","environments":[...],
       "intended_use":...,"solo":true,"change":{"class":...,"bump":...,"reasons":[...],"replaces":...},
       "policy":{"name":...,"sha256":...,"required":["accuracy","parity"]},
       "waivers":[{"check","leaf","actor","until","reason"}],   # checks that are waived do not stand in required
       "signed_on":"2026-06-01",   # a waiver that was over by then is refused, and so is one of the check parity
       "lineage":{"proposed":leaf,"model":leaf,"run":leaf,"data":[{"id","name","number","version","leaf"}]},
       "approvals":[{"leaf","actor","role","at","is_self"}],
       "statements":{"statements/provenance.dsse":"<sha256 of the file>", ...}}   # every statement but itself

* provenance, predicateType ``https://slsa.dev/provenance/v1``; subject model.onnx and vectors.json, and
  preprocessing.onnx where there is one.
* check-<kind>, predicateType ``https://in-toto.io/attestation/test-result/v0.1``; subject model.onnx, and
  preprocessing.onnx where there is one.

To verify, given an anchor kept outside the capsule (``ws``, ``release`` = release digest, ``environment``):

1. walk the folder without following links; regular files with one link only, no name beside the layout;
2. SHA-256(manifest.json) = anchor.release, the bytes are canonical, ws = anchor.ws, anchor.environment is listed;
3. every listed file is there with its size and SHA-256, and no content file is unlisted;
4. SHA-256(payload of roots/1.dsse) = anchor.ws; each later role document follows its predecessor's rules;
5. every statement is signed by a key of a person in the last role document; the release statement's subjects equal
   the manifest's files plus manifest.json; ``statements`` equals the other statement files present, by digest;
6. a check of ``policy.required`` has a statement with result PASSED or WARNED whose subject is this model.onnx
   (and this preprocessing.onnx);
7. each component of sbom.cdx.json with the property ``surefoot:path`` carries that file's SHA-256.

`verification.verify_capsule` does all seven; the wrapper repeats them alone at every start, then loads from the
handles it hashed.
"""

import hashlib
import json
import re
from pathlib import Path

from surefoot.releases.facts import CapsuleFile, Manifest
from surefoot.trail import canonical

MANIFEST = "manifest.json"
MODEL = "model.onnx"
PREPROCESSING = "preprocessing.onnx"
GRAPHS = (MODEL, PREPROCESSING)
"""What turns raw rows into answers; what is said of a model is said of these files together."""
VECTORS = "vectors.json"
SIGNATURE = "signature.json"
SETTINGS = "settings.json"
LOCK = "lock.txt"
SBOM = "sbom.cdx.json"
CARD = "model-card.md"
CONTENT = (LOCK, CARD, MODEL, SBOM, SETTINGS, SIGNATURE, VECTORS)
"""The content files that every capsule has, in the manifest's order."""
SHEET = "data-sheet.md"
OPENAPI = "openapi.json"
DOCKERFILE = "dockerfile"
UNIT = "systemd.service"
OPTIONAL = (SHEET, OPENAPI, DOCKERFILE, UNIT, PREPROCESSING)
"""Content files that not every capsule has (one of an older version lacks some); each is listed and signed alike."""
ANSWERING = (*GRAPHS, SETTINGS, SIGNATURE, VECTORS)
"""What the wrapper's own code asks for to answer rows."""
KIND = "surefoot.capsule"
FORMAT = 1
STATEMENTS = "statements"
ROOTS = "roots"
RELEASE_STATEMENT = "statements/release.dsse"
PROVENANCE_STATEMENT = "statements/provenance.dsse"
MAX_MANIFEST_BYTES = 64 * 1024

_PATH = re.compile(r"[a-z][a-z0-9.-]{0,63}")
_STATEMENT = re.compile(r"statements/(?:release|provenance|check-[a-z0-9][a-z0-9-]{0,39})\.dsse")
_ROOT = re.compile(r"roots/[1-9][0-9]{0,3}\.dsse")
_HEX = re.compile(r"[0-9a-f]{64}")
_FIELDS = {"format", "kind", "ws", "release", "name", "version", "environments", "files"}


def check_statement(kind: str) -> str:
    """Where the statement on a kind of check lies in the capsule."""
    return f"{STATEMENTS}/check-{kind}.dsse"


def answering(folder: Path) -> dict[str, Path]:
    """The files of a verified capsule that answer rows, by their names in it."""
    return {name: folder / name for name in ANSWERING if (folder / name).exists()}


def is_proof(path: str) -> bool:
    """Whether a path is a place for a statement or a role document (which the manifest does not list)."""
    return bool(_STATEMENT.fullmatch(path) or _ROOT.fullmatch(path))


def encode(manifest: Manifest) -> bytes:
    """The bytes of manifest.json; their SHA-256 is the release digest."""
    return canonical.encode(
        {
            "format": FORMAT,
            "kind": KIND,
            "ws": manifest.ws,
            "release": manifest.release,
            "name": manifest.name,
            "version": manifest.version,
            "environments": sorted(manifest.environments),
            "files": [{"path": one.path, "sha256": one.sha256, "size": one.size} for one in sorted(manifest.files)],
        }
    )


def digest(manifest: bytes) -> str:
    """The release digest of a manifest's bytes."""
    return hashlib.sha256(manifest).hexdigest()


def decode(data: bytes) -> Manifest:
    """A manifest from its bytes, strictly: canonical, complete, nothing more.

    Raises:
        ValueError: it is not one; the message says where.
    """
    if len(data) > MAX_MANIFEST_BYTES:
        raise ValueError("size")
    fields = json.loads(data)
    if not isinstance(fields, dict) or set(fields) != _FIELDS:
        raise ValueError("fields")
    if fields["format"] != FORMAT or fields["kind"] != KIND:
        raise ValueError("format")
    if not isinstance(fields["files"], list) or not isinstance(fields["environments"], list):
        raise ValueError("files")  # noqa: TRY004 - one error for a manifest that cannot be read
    files = tuple(_file(one) for one in fields["files"])
    paths = [one.path for one in files]
    if paths != sorted({*CONTENT, *(path for path in OPTIONAL if path in paths)}):
        raise ValueError("files")
    texts = (fields["ws"], fields["release"], fields["name"], fields["version"], *fields["environments"])
    if any(not isinstance(one, str) for one in texts) or not _HEX.fullmatch(fields["ws"]):
        raise ValueError("ws")
    manifest = Manifest(
        ws=fields["ws"],
        release=fields["release"],
        name=fields["name"],
        version=fields["version"],
        environments=tuple(fields["environments"]),
        files=files,
    )
    if encode(manifest) != data:
        raise ValueError("canonical")
    return manifest


def _file(fields: object) -> CapsuleFile:
    match fields:
        case {"path": str(path), "sha256": str(sha256), "size": int(size), **rest} if not rest:
            if _PATH.fullmatch(path) and _HEX.fullmatch(sha256) and 0 <= size <= canonical.LARGEST:
                return CapsuleFile(path, sha256, size)
    raise ValueError("files")


def file_of(path: str, data: bytes) -> CapsuleFile:
    """How a manifest lists a file with these bytes."""
    return CapsuleFile(path, hashlib.sha256(data).hexdigest(), len(data))
