"""What openpyxl does not tell of a sheet that it streams: merged cells, and formulas without a value."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+(?::[A-Z]+\d+)?)"')
_FORMULA = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]+\d+)"[^>]*>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_BLOCK = 1 << 20
_OVERLAP = 1 << 14


@dataclass(frozen=True, slots=True)
class Oddities:
    """Ranges of merged cells (``A1:C1``), and cells whose formula has no value."""

    merged: tuple[str, ...] = ()
    empty_formulas: tuple[str, ...] = ()

    def merged_in(self, rows: int) -> list[str]:
        """The ranges that begin in the first rows."""
        return [found for found in self.merged if int(re.sub(r"\D", "", found.split(":")[0])) <= rows]


def find_oddities(path: Path, sheet: str) -> Oddities:
    """The oddities of a sheet, `sheet` being its path in the workbook; read block by block."""
    merged: dict[str, None] = {}
    formulas: dict[str, None] = {}
    with zipfile.ZipFile(path) as archive, archive.open(sheet) as file:
        data = b""
        while block := file.read(_BLOCK):
            data = data[-_OVERLAP:] + block
            merged |= dict.fromkeys(found.decode() for found in _MERGED.findall(data))
            if b"f>" in data or b"f " in data:
                formulas |= dict.fromkeys(found.decode() for found in _FORMULA.findall(data))
    return Oddities(tuple(merged), tuple(formulas))
