"""What became of a range, in a folder: written whole or not at all, and read back column by column."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cdisc_conv.columns.stored import Piece, Stored, load, write_tables
from cdisc_conv.engine.finish.draft import AnyDraft, KeptDraft
from cdisc_conv.engine.ranges.range import Range
from cdisc_conv.engine.workers.parcels import pack
from cdisc_conv.parcels import DamagedParcelError, open_own
from cdisc_conv.spec.model import Study

INDEX = "kept.json"
"""The list of the files, written last."""
_FACTS = "facts"
_FRAME, _SUPPLEMENTAL, _ORDER = "frame ", "supplemental ", "order "


class DamagedError(Exception):
    """What is kept is not there as it was written, or not there at all."""


def keep_range(made: Range, folder: Path) -> None:
    """Write what became of a range into the new folder `folder`, which is there as a whole or not at all.

    A folder that is there already stays: whoever gives two results one name says that they are the same. Raises OSError
    when the disk refuses.
    """
    part = folder.with_name(f"{folder.name}.{secrets.token_hex(8)}")
    part.mkdir(mode=0o700, parents=True)
    try:
        index = {
            "drafts": [_write_draft(draft, part) for draft in made.drafts],
            "beside": [_write_draft(draft, part) for draft in made.beside],
        }
        (part / _FACTS).write_bytes(pack((made.facts, made.made, made.reused, made.kept)))
        files = {path.name: _sum_up(path) for path in sorted(part.iterdir())}
        (part / INDEX).write_text(json.dumps({**index, "files": files}), encoding="utf-8")
        try:
            os.replace(part, folder)
        except OSError:
            if not (folder / INDEX).is_file():
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def open_range(folder: Path, study: Study) -> Range:
    """What is kept in a folder; its records stay there. Raises DamagedError when the folder is not one of `keep_range`.

    Whether each file is as it was written is asked with `check_kept`.
    """
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        facts, made, reused, whole = open_own((folder / _FACTS).read_bytes())
        drafts, beside = (
            tuple(_open_draft(folder, study, **said) for said in index[name]) for name in ("drafts", "beside")
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, DamagedParcelError) as error:
        raise DamagedError(f"{folder.name} is not a whole result: {error}") from error
    return Range(drafts, facts, beside, made, reused, whole)


def check_kept(folder: Path) -> None:
    """Read every file of a kept range. Raises DamagedError when one is missing or not as it was written."""
    try:
        files = json.loads((folder / INDEX).read_text(encoding="utf-8"))["files"]
        changed = [name for name, wanted in files.items() if _sum_up(folder / name) != wanted]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise DamagedError(f"{folder.name} is not a whole result: {error}") from error
    if changed:
        raise DamagedError(f"{folder.name} has files that are not as they were written: {', '.join(changed)}")


def _write_draft(draft: AnyDraft, folder: Path) -> dict[str, Any]:
    name = draft.spec.name
    order = pd.DataFrame({"block": draft.block, "place": draft.place})
    tables = {_ORDER: order, _FRAME: load(draft.frame), _SUPPLEMENTAL: load(draft.supplemental)}
    lengths = [
        write_tables(folder / f"{name}.arrow", tables).length,
        write_tables(folder / f"{name}.records.arrow", {"": load(draft.records)}).length,
        write_tables(folder / f"{name}.picked.arrow", {"": load(draft.picked)}).length,
    ]
    return {"name": name, "lengths": lengths, "keys": list(draft.keys)}


def _open_draft(folder: Path, study: Study, name: str, lengths: list[int], keys: list[str]) -> KeptDraft:
    main, records, picked = (
        Piece(folder / f"{name}{kind}.arrow", int(length))
        for kind, length in zip(("", ".records", ".picked"), lengths, strict=True)
    )
    return KeptDraft(
        spec=study.datasets[name],
        frame=Stored((main,), _FRAME),
        supplemental=Stored((main,), _SUPPLEMENTAL),
        blocks=Stored((main,), _ORDER),
        places=Stored((main,), _ORDER),
        starts=(0,),
        records=Stored((records,)),
        picked=Stored((picked,)),
        keys=tuple(keys),
    )


def _sum_up(path: Path) -> list[int]:
    """The size and the check sum of a file."""
    size = found = 0
    with path.open("rb") as file:
        for block in _read_blocks(file):
            size, found = size + len(block), zlib.crc32(block, found)
    return [size, found]


def _read_blocks(file: Any) -> Iterator[bytes]:
    while block := file.read(1 << 20):
        yield block
