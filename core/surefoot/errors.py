"""The one error tree and the one list of codes.

    SurefootError                exit 1   something inside went wrong
    ├── UsageError               exit 2   the words of the command are off
    ├── GateFailedError          exit 3   a check or a gate said no
    ├── GuardrailError           exit 4   a guardrail stopped a run
    ├── ApprovalMissingError     exit 5   somebody who has to agree has not
    ├── NotConfirmedError        exit 6   an act was asked for and could not be confirmed
    ├── RecordBrokenError        exit 7   the trail does not verify
    ├── InputRefusedError        exit 8   what was handed in cannot be used
    ├── IncompleteError          exit 9   something needed is not there (yet)
    └── CancelledError           exit 130 the user stopped it

An error carries a code and values, never a sentence: the words (what happened, what it means, what to do) lie in
resources/texts/{en,vi}.toml under `[error.SF-…]`. A code is declared here once and never reused.
Ranges: 10xx files and project, 11xx people and keys, 12xx trail, 13xx objects, 14xx catalog, 15xx workers,
20xx datasets, 21xx experiments, 22xx executors, 23xx runs, 24xx models, 25xx checks, 26xx releases,
27xx deployments, 28xx audit, 29xx guide, 30xx command line.
"""

from enum import StrEnum
from typing import ClassVar


class Code(StrEnum):
    """Every code, once. The name says it in short; the texts say it in full."""

    # 10xx files and project
    INTERNAL = "SF-1000"
    NO_PROJECT = "SF-1001"
    PROJECT_EXISTS = "SF-1002"
    PROJECT_NEWER = "SF-1003"
    NOT_WRITABLE = "SF-1004"
    DISK_FULL = "SF-1005"
    FILE_MISSING = "SF-1006"
    SETTINGS_UNREADABLE = "SF-1007"
    NO_RIGHT = "SF-1008"
    PROJECT_PARTIAL = "SF-1009"
    PROJECT_AWAY = "SF-1010"
    PROJECT_READ_ONLY = "SF-1011"
    # 11xx people and keys
    KEY_WEAK = "SF-1101"
    IDENTITY_MISSING = "SF-1102"
    IDENTITY_EXISTS = "SF-1103"
    PASSPHRASE_WRONG = "SF-1104"
    PASSPHRASE_SHORT = "SF-1105"
    KEYRING_UNUSABLE = "SF-1106"
    FILE_OPEN_TO_OTHERS = "SF-1107"
    NAME_REFUSED = "SF-1108"
    KEY_UNREADABLE = "SF-1109"
    # 12xx trail
    VALUE_NOT_RECORDABLE = "SF-1201"
    DRAFT_REFUSED = "SF-1202"
    CAUSE_REFUSED = "SF-1203"
    ENVELOPE_BROKEN = "SF-1204"
    LINE_BROKEN = "SF-1205"
    TRAIL_BEHIND = "SF-1206"
    TRAIL_MISSING = "SF-1207"
    FEED_FROZEN = "SF-1208"
    PIN_DAMAGED = "SF-1209"
    ROOT_BROKEN = "SF-1210"
    NOT_ENROLLED = "SF-1211"
    NOT_ALLOWED = "SF-1212"
    BODY_BROKEN = "SF-1213"
    CLOCK_ABSURD = "SF-1214"
    OUTSIDE_LINK = "SF-1215"
    DETAIL_MISSING = "SF-1216"
    FILE_OVERSIZED = "SF-1217"
    RECORD_FAILS_AT = "SF-1218"
    RECORD_FAILS = "SF-1219"
    # 13xx objects
    OBJECT_MISSING = "SF-1301"
    OBJECT_DAMAGED = "SF-1302"
    OBJECT_NAME = "SF-1303"
    OBJECT_SOURCE = "SF-1304"
    OBJECT_TOO_BIG = "SF-1305"
    # 14xx catalog
    CATALOG_UNUSABLE = "SF-1401"
    FILTER_SYNTAX = "SF-1402"
    FILTER_NAME = "SF-1403"
    FILTER_AMBIGUOUS = "SF-1404"
    FILTER_VALUE = "SF-1405"
    FILTER_ENDS = "SF-1406"
    # 15xx workers
    INPUT_KIND = "SF-1501"
    INPUT_UNREADABLE = "SF-1502"
    WORKER_DIED = "SF-1503"
    WORKER_TIMEOUT = "SF-1504"
    WORKER_MEMORY = "SF-1505"
    WORKER_DISK = "SF-1506"
    WORKER_REPLY = "SF-1507"
    WORKER_REQUEST = "SF-1508"
    WORKER_LEVEL = "SF-1509"
    WORKER_FAILED = "SF-1510"
    # 20xx datasets
    DATASET_UNKNOWN = "SF-2001"
    DATASET_AMBIGUOUS = "SF-2002"
    DATASET_NAME = "SF-2003"
    SOURCE_FORMAT = "SF-2004"
    ENCODING = "SF-2005"
    BROKEN_ROW = "SF-2006"
    NO_HEADER = "SF-2007"
    ONE_COLUMN = "SF-2008"
    NO_ROWS = "SF-2009"
    TOO_MANY_COLUMNS = "SF-2010"
    COLUMN_TWICE = "SF-2011"
    MIXED_TYPES = "SF-2012"
    CELL_TOO_BIG = "SF-2013"
    COLUMN_UNKNOWN = "SF-2014"
    TARGET_CONSTANT = "SF-2015"
    KEY_TWICE = "SF-2016"
    KEY_EMPTY = "SF-2017"
    SPLIT_VALUE = "SF-2018"
    SPLIT_EMPTY = "SF-2019"
    TIME_VALUES = "SF-2020"
    POSITIVE_UNKNOWN = "SF-2021"
    PLAN_UNREADABLE = "SF-2022"
    PLAN_KEY = "SF-2023"
    PLAN_VALUE = "SF-2024"
    FOLDER_LINK = "SF-2025"
    FOLDER_EMPTY = "SF-2026"
    FILE_NAME = "SF-2027"
    SOURCE_CHANGED = "SF-2028"
    COLUMN_TYPE = "SF-2029"
    UNPACKED_TOO_BIG = "SF-2030"
    DATASET_EXPIRED = "SF-2031"
    DATA_UNREADABLE = "SF-2032"
    IMPORT_DIFFERS = "SF-2033"
    SOURCE_OWN = "SF-2034"
    # 21xx experiments
    CODE_NAME = "SF-2117"
    DATA_CHOICE = "SF-2118"
    RECIPE_CHANGED = "SF-2119"
    RECIPE_UNREADABLE = "SF-2101"
    RECIPE_KEY_UNKNOWN = "SF-2102"
    RECIPE_KEY_MISSING = "SF-2103"
    RECIPE_VALUE = "SF-2104"
    TOO_MANY_RUNS = "SF-2105"
    TEMPLATE_UNKNOWN = "SF-2106"
    EXPERIMENT_EXISTS = "SF-2107"
    EXPERIMENT_NAME = "SF-2108"
    CODE_MISSING = "SF-2109"
    CODE_LINK = "SF-2110"
    CODE_TOO_BIG = "SF-2111"
    SECRET_FOUND = "SF-2112"
    LOCK_MISSING = "SF-2113"
    LOCK_UNPINNED = "SF-2114"
    ENVIRONMENT_FAILED = "SF-2115"
    TARGET_DIFFERS = "SF-2116"
    # 22xx executors
    EXECUTOR_FAILED = "SF-2201"
    RUN_FOLDER_INCOMPLETE = "SF-2202"
    RUN_STARTED_BEFORE = "SF-2203"
    AGENT_SILENT = "SF-2204"
    END_UNREADABLE = "SF-2205"
    # 23xx runs
    NOT_A_REPRODUCTION = "SF-2310"
    RUN_UNKNOWN = "SF-2301"
    RUN_AMBIGUOUS = "SF-2302"
    RUN_ENDED = "SF-2303"
    RUN_GOING = "SF-2304"
    CANCEL_UNCONFIRMED = "SF-2305"
    SUPERVISOR_SILENT = "SF-2306"
    RECORD_LACKS = "SF-2307"
    EXECUTOR_UNKNOWN = "SF-2308"
    EXECUTOR_TOO_SMALL = "SF-2309"
    RUN_UNFINISHED = "SF-2311"
    POINTS_UNWRITABLE = "SF-2312"
    TRIAL_SHARE = "SF-2313"
    TRIAL_GOING = "SF-2314"
    TRIAL_LOST = "SF-2315"
    # 24xx models
    MODEL_RUN_STATE = "SF-2401"
    MODEL_NONE = "SF-2402"
    MODEL_UNKNOWN = "SF-2403"
    MODEL_REFUSED = "SF-2404"
    # 25xx checks
    CHECK_UNKNOWN = "SF-2501"
    CHECK_TWICE = "SF-2502"
    CHECK_BROKEN = "SF-2503"
    CHECK_NO_DATA = "SF-2504"
    CHECK_COLUMNS = "SF-2505"
    CHECK_REPLAY = "SF-2506"
    CHECK_EXTRA = "SF-2507"
    CHECK_SETTING = "SF-2508"
    CHECK_CLAIMS = "SF-2509"
    ADVISORIES_REFUSED = "SF-2510"
    # 26xx releases
    POLICY_UNREADABLE = "SF-2601"
    POLICY_KEY = "SF-2602"
    POLICY_VALUE = "SF-2603"
    POLICY_NONE = "SF-2604"
    RELEASE_UNKNOWN = "SF-2605"
    NO_ACCEPTED_MODEL = "SF-2606"
    RELEASE_NAME = "SF-2607"
    RELEASE_VERSION = "SF-2608"
    VERSION_TAKEN = "SF-2609"
    GATES_CLOSED = "SF-2610"
    APPROVALS_MISSING = "SF-2611"
    RELEASE_SIGNED = "SF-2612"
    RELEASE_NOT_SIGNED = "SF-2613"
    SBOM_INVALID = "SF-2614"
    CAPSULE_FILE_MISSING = "SF-2615"
    CAPSULE_FILE_EXTRA = "SF-2616"
    CAPSULE_FILE_CHANGED = "SF-2617"
    CAPSULE_FILE_KIND = "SF-2618"
    CAPSULE_MANIFEST = "SF-2619"
    CAPSULE_ANCHOR = "SF-2620"
    CAPSULE_STATEMENT = "SF-2621"
    CAPSULE_SBOM = "SF-2622"
    FOLDER_TAKEN = "SF-2623"
    PACKAGE_MISSING = "SF-2624"
    POLICY_ADOPTED_ALREADY = "SF-2625"
    SIGNATURE_INCOMPLETE = "SF-2626"
    WAIVER_TOO_LONG = "SF-2627"
    WAIVER_EMPTY = "SF-2628"
    RELEASE_REFUSED = "SF-2629"
    REASON_TOO_LONG = "SF-2630"
    WAIVER_INTEGRITY = "SF-2680"
    WAIVER_NONE = "SF-2681"
    WAIVER_UNRUN = "SF-2682"
    # 27xx deployments
    ENVIRONMENT_UNKNOWN = "SF-2701"
    ENVIRONMENT_NOT_ALLOWED = "SF-2702"
    RELEASE_STOPPED = "SF-2703"
    WRAPPER_REFUSED = "SF-2704"
    WRAPPER_SILENT = "SF-2705"
    WRAPPER_WRONG = "SF-2706"
    PORT_TAKEN = "SF-2707"
    NOTHING_DEPLOYED = "SF-2708"
    NOTHING_TO_LIFT = "SF-2709"
    NOTHING_TO_ROLL_BACK = "SF-2710"
    STOP_NOT_CONFIRMED = "SF-2711"
    STOP_NOT_RECORDED = "SF-2712"
    STOPPED_ELSEWHERE = "SF-2713"
    PACKAGES_DIFFER = "SF-2714"
    DEPLOYMENT_UNREADABLE = "SF-2715"
    CERTIFICATE_UNUSABLE = "SF-2716"
    LOCK_WITHOUT_HASHES = "SF-2717"
    STOP_UNSEEN = "SF-2718"
    HANDED_AWAY = "SF-2719"
    TARGET_UNCLEAR = "SF-2720"
    LIFT_NEEDS_TWO = "SF-2721"
    SCORE_COLUMN_UNKNOWN = "SF-2780"
    SCORE_COLUMN_MISSING = "SF-2781"
    SCORE_COLUMN_TWICE = "SF-2782"
    SCORE_FORM = "SF-2783"
    SCORE_TAKEN = "SF-2784"
    SCORE_ALL_REFUSED = "SF-2785"
    SCORE_MODEL = "SF-2786"
    DRILL_NEEDS_TWO = "SF-2790"
    DRILL_NOTHING = "SF-2791"
    # 28xx audit
    NOT_DEPLOYED = "SF-2801"
    NOT_A_MOMENT = "SF-2802"
    NOTHING_DEPLOYED_YET = "SF-2803"
    REQUEST_UNKNOWN = "SF-2804"
    REQUEST_LOG_CUT = "SF-2805"
    REQUEST_LOG_CHANGED = "SF-2806"
    REQUEST_LOG_AWAY = "SF-2807"
    BODY_DIFFERS = "SF-2808"
    # 29xx guide
    SAMPLE_BLOCKED = "SF-2901"
    SAMPLE_RUN_ENDED = "SF-2902"
    SAMPLE_LEFT = "SF-2903"
    SAMPLE_NONE_PASSES = "SF-2904"
    NOTEBOOK_UNREADABLE = "SF-2910"
    LESSON_UNKNOWN = "SF-2911"
    # 30xx command line
    USAGE = "SF-3001"
    CANCELLED = "SF-3002"
    PASSPHRASE_NEEDED = "SF-3003"
    PASSPHRASES_DIFFER = "SF-3004"
    NO_TOPIC = "SF-3005"
    STILL_GOING = "SF-3006"
    NOT_A_PAIR = "SF-3007"


class SurefootError(Exception):
    """What every error of ours is.

    Attributes:
        code: which error.
        values: what the sentence names (paths, figures, names), by placeholder.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: Code, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(f"{code} {code.name}" + "".join(f" {k}={v!r}" for k, v in values.items()))


class UsageError(SurefootError):
    """The words of the command are off."""

    exit_code = 2


class GateFailedError(SurefootError):
    """A check or a gate said no."""

    exit_code = 3


class GuardrailError(SurefootError):
    """A guardrail stopped a run."""

    exit_code = 4


class ApprovalMissingError(SurefootError):
    """Somebody who has to agree has not agreed."""

    exit_code = 5


class NotConfirmedError(SurefootError):
    """An act was asked for and its effect could not be confirmed."""

    exit_code = 6


class RecordBrokenError(SurefootError):
    """The trail does not verify."""

    exit_code = 7


class InputRefusedError(SurefootError):
    """What was handed in cannot be used."""

    exit_code = 8


class IncompleteError(SurefootError):
    """Something that is needed is not there, or not there yet."""

    exit_code = 9


class CancelledError(SurefootError):
    """The user stopped it."""

    exit_code = 130
