"""The catalog's own tables, the staged batch, and the SQL between them."""

ABOUT = (
    "CREATE TABLE about (key VARCHAR PRIMARY KEY, value VARCHAR)",
    "CREATE TABLE applied (feed VARCHAR PRIMARY KEY, size BIGINT, leaf VARCHAR)",
)
STAGED = (
    "CREATE TEMP TABLE arrived (leaf VARCHAR, line VARCHAR, body VARCHAR)",
    """
    CREATE TEMP TABLE staged (
        leaf VARCHAR, feed VARCHAR, seq BIGINT, hlc BIGINT, "at" TIMESTAMP, actor VARCHAR, role VARCHAR, mean VARCHAR,
        type VARCHAR, subject VARCHAR, subject_sha256 VARCHAR, subjects JSON, cause VARCHAR[], body JSON,
        is_self BOOLEAN
    )
    """,
)
# Lines and bodies as they lie in the record: the engine takes them apart, ten times faster than this interpreter.
STAGE = """
    INSERT INTO staged
    SELECT leaf, e.feed, e.seq, e.hlc, e.at, e.actor, e.role, e.mean, e.type, e.subj[1][1], e.subj[1][2],
           to_json(list_transform(e.subj, lambda pair: {'id': pair[1], 'sha256': pair[2]})), e.cause, body::JSON,
           coalesce(e.self, false)
    FROM (SELECT leaf, body, from_json(line, '{
        "feed": "VARCHAR", "seq": "BIGINT", "hlc": "BIGINT", "at": "TIMESTAMP", "actor": "VARCHAR",
        "role": "VARCHAR", "mean": "VARCHAR", "type": "VARCHAR", "subj": [["VARCHAR"]], "cause": ["VARCHAR"],
        "self": "BOOLEAN"}') AS e FROM arrived)
"""
STAGED_TYPES = "SELECT DISTINCT type FROM staged"
UNSTAGE = ("TRUNCATE arrived", "TRUNCATE staged")
READ_ABOUT = "SELECT key, value FROM about"
READ_APPLIED = "SELECT feed, size, leaf FROM applied"
WRITE_ABOUT = "INSERT INTO about VALUES (?, ?)"
WRITE_APPLIED = "INSERT OR REPLACE INTO applied VALUES (?, ?, ?)"
