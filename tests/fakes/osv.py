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


# What else stands in the dump of all ecosystems: other versions' orders, commits without a package, nothing at all.
ELSEWHERE: tuple[dict[str, Any], ...] = (
    {
        "id": "DSA-1-1",
        "modified": "2026-05-03T00:00:00.123456789Z",
        "affected": [
            {
                "package": {"ecosystem": "Debian:11", "name": "zlib", "purl": "pkg:deb/debian/zlib?arch=source"},
                "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1:1.2.11.dfsg-2+deb11u1"}]}
                ],
                "ecosystem_specific": {"urgency": "not yet assigned"},
            }
        ],
        "schema_version": "1.7.0",
    },
    {
        "id": "GO-2026-1",
        "modified": "2026-05-03T00:00:00Z",
        "affected": [
            {
                "package": {"ecosystem": "Go", "name": "stdlib"},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "1.20.0-0"}, {"fixed": "1.20.3"}]}],
                "ecosystem_specific": {"imports": [{"path": "net/http", "symbols": ["Serve"]}]},
            }
        ],
        "database_specific": {"url": "https://example.org/GO-2026-1", "review_status": "REVIEWED"},
    },
    {
        "id": "CVE-2026-2000",
        "modified": "2026-05-03T00:00:00Z",
        "affected": [
            {
                "ranges": [
                    {"type": "GIT", "repo": "https://example.org/r", "events": [{"introduced": "0"}, {"limit": "abc"}]}
                ],
                "versions": ["v1.0"],
            }
        ],
        "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}],
    },
    {"id": "EMPTY-1", "modified": "2026-05-03T00:00:00Z", "withdrawn": "2026-05-04T00:00:00Z", "affected": None},
    {"id": "EMPTY-2", "modified": "2026-05-03T00:00:00Z", "aliases": None, "severity": None},
)
# About Python, in forms that are rarer; the last one was withdrawn.
ODD: tuple[dict[str, Any], ...] = (
    {
        "id": "GHSA-last-last-last",
        "modified": "2026-05-03T00:00:00.1Z",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "Only_Last"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"last_affected": "3.4.7"}]}],
                "database_specific": {"last_known_affected_version_range": "<= 3.4.7"},
            }
        ],
    },
    {
        "id": "MAL-2026-1",
        "modified": "2026-05-03T00:00:00Z",
        "affected": [{"package": {"ecosystem": "PyPI", "name": "bad-package"}, "versions": ["9.9.9"]}],
        "credits": [{"name": "Somebody", "type": "FINDER", "contact": ["https://example.org"]}],
        "database_specific": {"malicious-packages-origins": [{"sha256": "ab", "source": "x", "versions": ["9.9.9"]}]},
    },
    {
        "id": "X-2026-1",
        "modified": "2026-05-03T00:00:00Z",
        "affected": [{"package": {"ecosystem": "PyPI:mirror", "name": "mirrored"}, "versions": ["1"]}],
    },
    {
        "id": "PYSEC-2026-9",
        "modified": "2026-05-03T00:00:00Z",
        "withdrawn": "2026-05-04T00:00:00Z",
        "affected": [{"package": {"ecosystem": "PyPI", "name": "gone"}, "versions": ["1"]}],
    },
)


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
