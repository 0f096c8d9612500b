"""The worker that reads a notebook: its bytes come from anywhere, and a syntax tree may be as deep as one likes."""

from dataclasses import asdict
from typing import Any

from surefoot.guide.notebooks import cells, drafting, rules
from surefoot.workers import Request


def read(request: Request) -> dict[str, Any]:
    """What a notebook holds.

    Args:
        request: `name` of the file; `head` of the script that is made of it. Files: `notebook`.

    Returns:
        `cells` and `lines` of code, `findings`, and what a script of it would be: `script`, `parameters`, `data`.

    Raises:
        InputRefusedError: it is no notebook of Python.
    """
    found = [cells.read(cell) for cell in cells.code_cells(request.files["notebook"].read_bytes(), request["name"])]
    made = drafting.sketch(found, request["head"])
    return {
        "cells": len(found),
        "lines": sum(len(each.cell.source.splitlines()) for each in found),
        "findings": [asdict(finding) for finding in rules.findings(found)],
        **asdict(made),
    }
