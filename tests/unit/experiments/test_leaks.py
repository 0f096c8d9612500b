"""Secrets: the known shapes are found, what only looks like one is left alone.

The samples are put together at run time, so that this file does not look like a leak itself.
"""

import pytest

from surefoot.experiments import leaks

SECRETS = {
    "AWS key": "AKIA" + "IOSFODNN7EXAMPLE",
    "GitHub token": "ghp_" + "a1B2" * 9,
    "private key": "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "JSON web token": "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0NTY3" + ".c2lnbmF0dXJl" + "MTIz",
    "password in an address": "postgres://me:" + "hunter22@db.example/x",
    "password": "db_password = '" + "k3yf0rth3db9" + "'",
}


@pytest.mark.parametrize(("kind", "text"), SECRETS.items())
def test_a_secret_in_code_is_found_with_its_line(kind: str, text: str) -> None:
    assert leaks.in_text(f"import os\n# {text}\n") == (2, kind)


@pytest.mark.parametrize(
    "text",
    [
        "password = os.environ['DB_PASSWORD']",
        "token = tokenizer.decode(ids)",
        "pad_token = '<|endoftext|>'",
        "max_tokens = 4096",
        "url = 'https://example.org/a:b@c'",
        "secret_sauce = 'changemechangeme'",
        "sha256 = '" + "a" * 64 + "'",
        "url = f'postgres://{user}:{password}@{host}'",
    ],
)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert leaks.in_text(text) is None


def test_a_parameter_is_judged_by_its_name_and_by_its_value() -> None:
    assert leaks.in_values({"depth": 3, "db_password": "hunter2!"}) == ("db_password", "password")
    assert leaks.in_values({"source": SECRETS["AWS key"]}) == ("source", "AWS key")
    assert leaks.in_values({"eos_token": "<|end|>", "model": "logistic", "passwords": 3}) is None


def test_a_command_is_judged_by_its_options() -> None:
    assert leaks.in_command(("python", "x.py", "--password=" + "hunter22")) == ("[2]", "password")
    assert leaks.in_command(("python", "--api-key", "a1b2c3d4e5")) == ("[1]", "password")
    assert leaks.in_command(("python", "train.py", "--tokenizer", "bert-base", "--max-tokens", "200")) is None


def test_masking_keeps_every_other_line() -> None:
    text = f"+a\n-{SECRETS['GitHub token']}\n b\n"
    assert leaks.masked(text) == "+a\n-[masked]\n b\n"


BEGINS = "-----BEGIN " + "RSA PRIVATE KEY-----"
ENDS = "-----END " + "RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"a\n{BEGINS}\nProc-Type: 4\n\nMIIE\n{ENDS}\nb\n", "a\n-[masked]\n" + "[masked]\n" * 3 + "-[masked]\nb\n"),
        (f"-{BEGINS}\n-MIIE\n {ENDS}\n+b\n", "-[masked]\n-[masked]\n [masked]\n+b\n"),
        (f"-k = '{BEGINS}\\nMIIE\\n{ENDS}'\n b\n", "-[masked]\n b\n"),
        (f"-{BEGINS}\n MIIE\ndiff --git a/b b/b\n+b\n", "-[masked]\n [masked]\ndiff --git a/b b/b\n+b\n"),
        (f"{BEGINS}\r\nMIIE", "-[masked]\r\n[masked]"),
    ],
    ids=["alone", "in a patch", "on one line", "without its end", "cut off"],
)
def test_a_private_key_is_masked_whole(text: str, kept: str) -> None:
    assert leaks.masked(text) == kept
