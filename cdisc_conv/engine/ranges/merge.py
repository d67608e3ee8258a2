"""What became of ranges together: one draft per dataset in final order, and facts that know its row numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.stored import Frame, Piece, Shelf, Stored, divide, load, stack, write_tables
from cdisc_conv.derivations.base import SUBJECT
from cdisc_conv.engine.facts.collect import collect_keys
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.engine.finish.draft import KeptDraft
from cdisc_conv.engine.plan.order import order_records, reads_final_order, sort_keys
from cdisc_conv.engine.ranges.range import Range
from cdisc_conv.findings import Finding, Found
from cdisc_conv.spec.model import Study

Starts = Mapping[str, Sequence[int]]
"""Dataset -> how many of its records the ranges before have, range by range."""


def merge_ranges(study: Study, ranges: Sequence[Range], facts_of: Iterable[Facts], shelf: Shelf) -> Range:
    """The ranges, whose records are on disk, as one; what has to be written anew goes to the shelf.

    `facts_of` are the facts of each range, which are asked for one after the other.

    Each has its records in final order, so that they follow each other as the ranges do; where keys do not begin with
    the subject, they are sorted once more. Places and sources count the records of a dataset range after range, in the
    order in which each range made them.
    """
    starts = {
        name: np.cumsum([0, *(len(find_draft(each, name).frame) for each in ranges)]).tolist()[:-1]
        for name in (draft.spec.name for draft in (*ranges[0].drafts, *ranges[0].beside))
    }
    merged = {name: merge_drafts([find_draft(each, name) for each in ranges], starts, shelf) for name in starts}
    moves = {name: _find_move(study, draft) for name, draft in merged.items()}
    drafts = {name: _follow(study, _move(draft, moves[name], shelf), moves, shelf) for name, draft in merged.items()}
    facts = reduce(Facts.__add__, (_move_rows(each, moves, starts, number) for number, each in enumerate(facts_of)))
    counted = {
        name: found if moves.get(name) is None else replace(found, keys=collect_keys(drafts[name]))
        for name, found in facts.datasets.items()
    }
    return Range(
        tuple(drafts[draft.spec.name] for draft in ranges[0].drafts),
        replace(facts, datasets=counted),
        tuple(drafts[draft.spec.name] for draft in ranges[0].beside),
        frozenset().union(*(each.made for each in ranges)),
    )


def find_draft(made: Range, name: str) -> KeptDraft:
    """The draft of a dataset in a range that is kept on disk."""
    found = next(draft for draft in (*made.drafts, *made.beside) if draft.spec.name == name)
    assert isinstance(found, KeptDraft)
    return found


def merge_drafts(pieces: Sequence[KeptDraft], starts: Starts, shelf: Shelf) -> KeptDraft:
    """The records of a dataset range after range; so are the tables behind them, of which a range is a piece."""
    own = starts[pieces[0].spec.name]
    records: list[Frame] = []
    picked: list[Frame] = []
    for number, (piece, start) in enumerate(zip(pieces, own, strict=True)):
        before = {name: found[number] for name, found in starts.items()}
        for frame, found in ((load(piece.records), records), (load(piece.picked), picked)):
            moved = _move_sources(frame, before)
            found.append(shelf.put_whole(moved.assign(record=moved["record"] + start)))
    return replace(
        pieces[0],
        frame=_stack([piece.frame for piece in pieces]),
        supplemental=_stack([piece.supplemental for piece in pieces]),
        blocks=_stack([piece.blocks for piece in pieces]),
        places=_stack([piece.places for piece in pieces]),
        starts=tuple(own),
        records=stack(records),
        picked=stack(picked),
    )


def _stack(tables: Sequence[Stored]) -> Stored:
    return replace(tables[0], pieces=tuple(piece for table in tables for piece in table.pieces))


def stack_sources(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Long tables under each other; columns of few texts have them all, in the order in which they come."""
    columns = {}
    for name in frames[0]:
        pieces = [frame[name] for frame in frames]
        if not isinstance(pieces[0].dtype, pd.CategoricalDtype):
            columns[str(name)] = pd.concat(pieces, ignore_index=True)
            continue
        known = list(dict.fromkeys(text for piece in pieces for text in piece.cat.categories))
        stacked = pd.concat(
            [piece.cat.set_categories(pd.Index(known, dtype=TEXT)) for piece in pieces], ignore_index=True
        )
        columns[str(name)] = stacked
    return pd.DataFrame(columns)


def _move_sources(frame: pd.DataFrame, starts: Mapping[str, int]) -> pd.DataFrame:
    """A table of sources with the records of datasets counted behind those of the ranges before."""
    rows = frame["row"].to_numpy().copy()
    for name, start in starts.items():
        if start and f"dataset {name}" in frame["source"].cat.categories:
            rows[(frame["source"] == f"dataset {name}").to_numpy(dtype=bool)] += start
    return frame.assign(row=rows)


def _find_move(study: Study, draft: KeptDraft) -> np.ndarray | None:
    """The final position of each record, where the records do not stand in final order yet."""
    by, said = sort_keys(draft.spec, draft.frame.columns), study.settings.get("transliterate") or {}
    if SUBJECT in by:
        if _is_in_order(draft.frame, by, said):
            return None
        columns = [draft.frame[name] for name in by]
    else:  # records of different subjects may tie: then they stand as they were made
        columns = [draft.frame[name] for name in by] + _find_sources(draft)
    order = order_records(columns, said)
    if (np.diff(order) > 0).all():
        return None
    move = np.empty(len(order), dtype=np.int64)
    move[order] = np.arange(len(order))
    return move


def _is_in_order(frame: Stored, by: Sequence[str], transliterate: Mapping[str, str]) -> bool:
    """Whether pieces, each of which is in order, follow each other in order: their first and last records say it."""
    ends = [piece.iloc[[0, -1]] for piece in frame.stream(by) if len(piece)]
    if not ends:
        return True
    both = pd.concat(ends, ignore_index=True)
    return bool((np.diff(order_records([both[name] for name in by], transliterate)) > 0).all())


def _find_sources(draft: KeptDraft) -> list[pd.Series]:
    """What tells the order in which records were made of all rows at once: block, entry of ``for_each``, first row."""
    sources = load(draft.records)
    records, first = np.unique(sources["record"], return_index=True)
    found = [pd.Series(draft.block.astype("float64"))]
    for name in ("variant", "row"):
        values = np.zeros(len(draft.frame))
        values[records] = sources[name].to_numpy()[first]
        found.append(pd.Series(values))
    return found


def _move(draft: KeptDraft, move: np.ndarray | None, shelf: Shelf) -> KeptDraft:
    """The draft with each record at its final position."""
    if move is None:
        return draft
    pieces = tuple(_sort_again(draft.frame.pieces, move, shelf))
    records = load(draft.records)
    records = records.assign(record=move[records["record"].to_numpy()])
    picked = load(draft.picked)
    return replace(
        draft,
        frame=replace(draft.frame, pieces=pieces),
        supplemental=replace(draft.supplemental, pieces=pieces),
        blocks=replace(draft.blocks, pieces=pieces),
        records=shelf.put_whole(records.sort_values(["record", "row"], kind="stable", ignore_index=True)),
        picked=shelf.put_whole(picked.assign(record=move[picked["record"].to_numpy()])),
        places=shelf.write(pd.DataFrame({"place": move[draft.place]})),
        starts=(0,),
    )


def _sort_again(pieces: Sequence[Piece], move: np.ndarray, shelf: Shelf) -> Iterator[Piece]:
    """The records of some files in as many new ones, in the order that their final positions give.

    They are divided by position first and sorted then, so that no more of them are in memory than a file has.
    """
    whole = Stored(tuple(pieces))
    numbers = move * len(pieces) // max(1, len(move))
    for piece in divide(_number_records(whole, move), numbers, shelf.next_paths(len(pieces))):
        content = Stored((piece,), _RECORD).load()
        order = np.argsort(Stored((piece,), _POSITION)["position"].to_numpy())
        yield write_tables(shelf.next_path(), {"": content.take(order)})
        piece.path.unlink()


_RECORD, _POSITION = "record ", "position "


def _number_records(table: Stored, move: np.ndarray) -> Iterator[dict[str, pd.DataFrame]]:
    start = 0
    for piece in table.stream():
        positions = pd.DataFrame({"position": move[start : start + len(piece)]})
        yield {_RECORD: piece, _POSITION: positions}
        start += len(piece)


def _follow(study: Study, draft: KeptDraft, moves: Mapping[str, np.ndarray | None], shelf: Shelf) -> KeptDraft:
    """The draft with the records of the datasets that it reads in their final order counted as they are in the end."""
    moved = {
        f"dataset {name}": move
        for name, move in moves.items()
        if move is not None and reads_final_order(study, draft.spec.name, name)
    }
    if not moved:
        return draft

    def follow(frame: pd.DataFrame) -> pd.DataFrame:
        for source, move in moved.items():
            frame = _follow_move(frame, source, move)
        return frame

    def follow_in_order(frame: pd.DataFrame) -> pd.DataFrame:
        return follow(frame).sort_values(["record", "row"], kind="stable", ignore_index=True)

    return replace(draft, records=shelf.map(draft.records, follow_in_order), picked=shelf.map(draft.picked, follow))


def _follow_move(frame: pd.DataFrame, source: str, move: np.ndarray) -> pd.DataFrame:
    rows = frame["row"].to_numpy().copy()
    mine = (frame["source"] == source).to_numpy(dtype=bool)
    rows[mine] = move[rows[mine] - 1] + 1
    return frame.assign(row=rows)


def _move_rows(facts: Facts, moves: Mapping[str, np.ndarray | None], starts: Starts, number: int) -> Facts:
    """The facts of a range with row numbers that are those of the final dataset once the ranges before are counted."""

    def move(finding: Finding, found: Found) -> Found:
        places = moves.get(finding.rows_of)
        if places is None or finding.rows_of not in facts.datasets:
            return found
        start = starts[finding.rows_of][number]
        return found.renumber(lambda row: int(places[row - 1 + start]) + 1 - start)

    return replace(facts, findings={finding: move(finding, found) for finding, found in facts.findings.items()})
