"""The catalog's own tables, the staged batch, and the SQL between them."""

ABOUT = (
    "CREATE TABLE about (key VARCHAR PRIMARY KEY, value VARCHAR)",
    "CREATE TABLE applied (feed VARCHAR PRIMARY KEY, size BIGINT, leaf VARCHAR)",
)
STAGED = (
    "CREATE TEMP TABLE arrived (line VARCHAR)",
    """
    CREATE TEMP TABLE staged (
        leaf VARCHAR, feed VARCHAR, seq BIGINT, hlc BIGINT, "at" TIMESTAMP, actor VARCHAR, role VARCHAR, mean VARCHAR,
        type VARCHAR, subject VARCHAR, subject_sha256 VARCHAR, subjects JSON, cause VARCHAR[], body JSON,
        is_self BOOLEAN
    )
    """,
)
# One line of JSON an event, parsed by the engine: three to five times faster than handing over Python values.
STAGE = """
    INSERT INTO staged
    SELECT e.leaf, e.feed, e.seq, e.hlc, e.at, e.actor, e.role, e.mean, e.type,
           e.subjects->>'$[0].id', e.subjects->>'$[0].sha256', e.subjects, e.cause,
           nullif(e.body, 'null'::JSON), e.is_self
    FROM (SELECT from_json(line, '{
        "leaf": "VARCHAR", "feed": "VARCHAR", "seq": "BIGINT", "hlc": "BIGINT", "at": "TIMESTAMP",
        "actor": "VARCHAR", "role": "VARCHAR", "mean": "VARCHAR", "type": "VARCHAR", "subjects": "JSON",
        "cause": ["VARCHAR"], "body": "JSON", "is_self": "BOOLEAN"}') AS e FROM arrived)
"""
UNSTAGE = ("TRUNCATE arrived", "TRUNCATE staged")
READ_ABOUT = "SELECT key, value FROM about"
READ_APPLIED = "SELECT feed, size, leaf FROM applied"
WRITE_ABOUT = "INSERT INTO about VALUES (?, ?)"
WRITE_APPLIED = "INSERT OR REPLACE INTO applied VALUES (?, ?, ?)"
