"""JSON as the CDISC Library's API gives it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cdisc_conv.problems import Place, Problem, ProblemsError
from cdisc_conv.standards.publications.tables import refuse


def read_json(path: Path, data: bytes) -> dict[str, Any]:
    """The object that a JSON file holds.

    Raises:
        ProblemsError: STD001 the file is damaged, or holds something else.
    """
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        message = f"the JSON is damaged or cut short: {error.msg}"
        raise ProblemsError([Problem("STD001", message, place=Place(file=str(path), line=error.lineno))]) from None
    except (UnicodeDecodeError, RecursionError):
        raise refuse(path, "STD001", "the JSON cannot be read") from None
    if not isinstance(document, dict):
        raise refuse(path, "STD001", "the JSON holds no object", "give one publication of the CDISC Library")
    return document
