"""An earlier result, from the JSON that `check` wrote. Code: CHK020 it cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cdisc_conv.problems import Place, Problem, ProblemsError

_WHAT = "give the JSON of an earlier check (--json)"


def read_earlier(path: Path) -> dict[str, int]:
    """The findings of an earlier result: key and number of records. Raises ProblemsError (CHK020)."""
    try:
        document: Any = json.loads(path.read_bytes())
        if document["kind"] == "cdisc-conv check":
            return {str(one["key"]): int(one["count"]) for one in document["findings"]}
        message = "this is not the JSON of an earlier check"
    except OSError as error:
        message = f"the earlier result cannot be read: {error.strerror or type(error).__name__}"
    except (ValueError, KeyError, TypeError, RecursionError):
        message = "this is not the JSON of an earlier check"
    raise ProblemsError([Problem("CHK020", message, place=Place(file=str(path)), hint=_WHAT)])
