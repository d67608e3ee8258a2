"""Files that are parts of one transfer, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cdisc_conv.columns.stored import IN_MEMORY, Shelf, stream
from cdisc_conv.problems import Problem
from cdisc_conv.raw.shaping.collect import Collected
from cdisc_conv.raw.source import FormSource, Reporter


def join_parts(
    parts: Sequence[Collected], source: FormSource, reporter: Reporter, shelf: Shelf = IN_MEMORY
) -> tuple[Collected, list[Problem]]:
    """The parts below each other, in their order.

    Columns that a part lacks are "" there; RAW022 reports parts whose columns are others than those of the first.
    """
    if len(parts) == 1:
        return parts[0], []
    problems = []
    first = parts[0]
    names = list(dict.fromkeys(str(name) for part in parts for name in part.frame))
    for part in parts[1:]:
        lacking = [name for name in names if name in first.frame and name not in part.frame]
        more = [name for name in names if name in part.frame and name not in first.frame]
        said = [f"lacks {_list(lacking)}"] if lacking else []
        said += [f"has {_list(more)} beside"] if more else []
        if said:
            file, other = (one.file.path if one.file else "" for one in (part, first))
            message = f"form '{source.name}' has parts with other columns: {file} {' and '.join(said)}, against {other}"
            hint = "ask for the parts of one layout, or read them as forms of their own"
            problems.append(reporter.report("RAW022", message, hint=hint, column=(lacking + more)[0]))
    frame = shelf.gather(
        piece.reindex(columns=names, fill_value="").astype("str") for part in parts for piece in stream(part.frame)
    )
    labels = {name: label for part in reversed(parts) for name, label in part.labels.items()}
    values = {name: words for part in reversed(parts) for name, words in part.values.items()}
    keep = None if any(part.keep is None for part in parts) else tuple(names)
    return replace(first, frame=frame, labels=labels, values=values, keep=keep), problems


def _list(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (" ..." if len(names) > 10 else "")
