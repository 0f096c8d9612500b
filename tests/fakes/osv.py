"""Records in the exact form of the OSV schema, as its databases publish them, about packages that nobody has."""

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

GHSA: dict[str, Any] = {
    "schema_version": "1.7.3",
    "id": "GHSA-aaaa-bbbb-cccc",
    "modified": "2026-05-04T10:11:12.345678Z",
    "published": "2026-05-01T00:00:00Z",
    "aliases": ["CVE-2026-1000", "PYSEC-2026-7"],
    "summary": "Sure_Table reads what it should not",
    "details": "Long words.",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}],
    "affected": [
        {
            "package": {"name": "sure-table", "ecosystem": "PyPI", "purl": "pkg:pypi/sure-table"},
            "ranges": [
                {
                    "type": "ECOSYSTEM",
                    "events": [{"introduced": "0"}, {"fixed": "1.4.2"}, {"introduced": "2.0.0"}, {"fixed": "2.1"}],
                }
            ],
            "database_specific": {"source": "https://example.org/advisory.json"},
        },
        {
            "package": {"name": "sure-table", "ecosystem": "npm"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
        },
    ],
    "references": [{"type": "WEB", "url": "https://example.org/"}],
    "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-22"], "github_reviewed": True},
}
PYSEC: dict[str, Any] = {
    "id": "PYSEC-2026-7",
    "modified": "2026-05-02T00:00:00Z",
    "aliases": ["CVE-2026-1000"],
    "affected": [
        {
            "package": {"name": "Sure.Table", "ecosystem": "PyPI"},
            "ranges": [
                {"type": "GIT", "repo": "https://example.org/r", "events": [{"introduced": "0"}, {"fixed": "abc"}]},
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.4.2"}]},
            ],
            "versions": ["1.0", "1.4.1"],
        }
    ],
}


def record(id_: str, package: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    """A record about one package, with a range of these events where there are any."""
    affected: dict[str, Any] = {"package": {"name": package, "ecosystem": "PyPI"}}
    if events:
        affected["ranges"] = [{"type": "ECOSYSTEM", "events": list(events)}]
    if "versions" in more:
        affected["versions"] = more.pop("versions")
    return {"id": id_, "modified": "2026-05-02T00:00:00Z", "affected": [affected], **more}


def zipped(records: Iterable[dict[str, Any]]) -> bytes:
    """A dump as it is published: a zip of a file a record."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in records:
            archive.writestr(f"{one['id']}.json", json.dumps(one))
    return made.getvalue()
