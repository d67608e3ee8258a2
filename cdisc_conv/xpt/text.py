"""Text columns between arrow arrays and fixed-width fields, a block of rows at a time.

Arrow keeps a text column as one run of bytes with offsets, a transport file as fields of equal width padded with
blanks. Arrow's own padding and trimming do the conversion, so the cost is a few nanoseconds per value, and checks for
length and characters look at whole buffers: single values are only looked at once something is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cdisc_conv.xpt.encodings import ASCII, encode_column

FIRST_PRINTABLE, LAST_PRINTABLE = 32, 126
Bytes = NDArray[np.uint8]
Rows = NDArray[np.int64]

_WIDE = 32
"""From this width on it pays to look how much of the field is in use before trimming value by value."""


@dataclass(frozen=True, slots=True)
class TextFaults:
    """Rows of a block (0-based) whose values cannot be written, and which values those are."""

    too_long: Rows
    not_printable: Rows


def write_text(values: pa.LargeStringArray, fields: Bytes, codec: str = ASCII) -> TextFaults | None:
    """Put text into fields that hold blanks already.

    ``fields`` is a (rows, width) view of the block; it may be strided. Missing values are blank. Nothing is written
    and the faulty rows are returned when a value is longer than the width (trailing blanks do not count) or holds what
    the encoding cannot write, in ASCII a byte that is not printable.
    """
    if values.null_count:
        values = pc.fill_null(values, "")
    offsets, content = split_text(values)
    lengths = np.diff(offsets)
    widest, width = int(lengths.max(initial=0)), fields.shape[1]
    if widest > width:
        values = pc.ascii_rtrim(values, " ")
        offsets, content = split_text(values)
        lengths = np.diff(offsets)
        widest = int(lengths.max(initial=0))
    if not content.size:
        return None
    printable = content.min() >= FIRST_PRINTABLE and content.max() <= LAST_PRINTABLE
    if not printable and codec != ASCII:
        return _write_encoded(values, fields, codec)
    if widest > width or not printable:
        return TextFaults(np.flatnonzero(lengths > width), _find_unprintable(offsets, content))
    if int(lengths.min()) < widest:
        content = split_text(pc.ascii_rpad(values, widest))[1]
    copy_fields(content.reshape(-1, widest), fields[:, :widest])
    return None


def _write_encoded(values: pa.LargeStringArray, fields: Bytes, codec: str) -> TextFaults | None:
    """The same for text beyond ASCII, whose distinct values are encoded one by one."""
    encoded, wrong = encode_column(values, codec)
    offsets, content = split_text(encoded)
    lengths, width = np.diff(offsets), fields.shape[1]
    if wrong.any() or lengths.max() > width:
        return TextFaults(np.flatnonzero(lengths > width), np.flatnonzero(wrong))
    used = np.arange(width) < lengths[:, None]
    fields[used] = content
    return None


def read_text(fields: Bytes, encoding: str | None) -> pa.LargeStringArray:
    """The values of the fields, a (rows, width) view that may be strided, without trailing blanks; blank is ``""``.

    Bytes beyond ASCII are decoded with ``encoding``, or, when that is None, value by value as UTF-8 and where that
    fails as Windows-1252. Raises `UndecodableText` for the first value that cannot be decoded.
    """
    rows, width = fields.shape
    packed = np.empty((rows, width), dtype=np.uint8)
    copy_fields(fields, packed)
    if width >= _WIDE:
        used = np.flatnonzero((packed != ord(" ")).any(axis=0))
        packed = np.ascontiguousarray(packed[:, : used[-1] + 1 if used.size else 0])
        width = packed.shape[1]
    padding = " " if packed.min(initial=255) else " \0"
    if packed.max(initial=0) > 127:
        return _decode(packed, padding, encoding)
    offsets = np.arange(rows + 1, dtype=np.int64) * width
    values = pa.LargeStringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(packed))
    is_full = width > 0 and packed[:, -1].min(initial=255) > ord(" ")  # identifiers, codes and dates often are
    return values if is_full else pc.ascii_rtrim(values, padding)


def allocate_bytes(count: int) -> Bytes:
    """Room for so many bytes, not filled, from the memory that arrow keeps for reuse.

    The system hands out new memory page by page and clears each: for the columns of a large file that
    is a third of the work.
    """
    return np.frombuffer(pa.allocate_buffer(count), dtype=np.uint8) if count else np.empty(0, dtype=np.uint8)


class TextBuilder:
    """One arrow array of so many rows from pieces that come in order, without holding the pieces.

    Room for the bytes is made from the average length so far, so that it rarely has to grow, and never by much.
    """

    def __init__(self, rows: int) -> None:
        self._offsets = allocate_bytes(8 * (rows + 1)).view(np.int64)
        self._offsets[0] = 0
        self._content = allocate_bytes(0)
        self._rows = self._used = 0

    def append(self, values: pa.LargeStringArray) -> None:
        """Add the next rows; they hold no missing values."""
        offsets, content = split_text(values)
        rows, used = self._rows + len(values), self._used + len(content)
        if used > len(self._content):
            grown = allocate_bytes(max(used, int(1.05 * used * (len(self._offsets) - 1) / rows)))
            grown[: self._used] = self._content[: self._used]
            self._content = grown
        self._content[self._used : used] = content
        np.add(offsets[1:], self._used, out=self._offsets[self._rows + 1 : rows + 1])
        self._rows, self._used = rows, used

    def finish(self) -> pa.LargeStringArray:
        """The array; all rows must have come."""
        content = pa.py_buffer(self._content[: self._used])
        return pa.LargeStringArray.from_buffers(len(self._offsets) - 1, pa.py_buffer(self._offsets), content)


class UndecodableText(ValueError):  # noqa: N818  (read like StopIteration: a signal between modules)
    """A value of a block that is not text in the encoding: its 0-based row and its bytes."""

    def __init__(self, row: int, value: bytes) -> None:
        self.row, self.value = row, value
        super().__init__(row, value)


def decode_text(value: bytes, encoding: str | None) -> str:
    """Bytes as text: in the encoding named, else as UTF-8, else as Windows-1252.

    >>> decode_text("Zürich".encode("cp1252"), None), decode_text("Zürich".encode("utf-8"), None)
    ('Zürich', 'Zürich')
    """
    if encoding is not None:
        return value.decode(encoding)
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252")


def split_text(values: pa.LargeStringArray) -> tuple[NDArray[np.int64], Bytes]:
    """Offsets (rows + 1, from 0) and bytes of an array without missing values, neither copied where they start at 0."""
    _, offsets_buffer, content_buffer = values.buffers()
    if not len(values) or offsets_buffer is None:
        return np.zeros(len(values) + 1, dtype=np.int64), np.empty(0, dtype=np.uint8)
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64, count=len(values) + 1, offset=8 * values.offset)
    first, last = int(offsets[0]), int(offsets[-1])
    if first == last:
        return np.zeros(len(values) + 1, dtype=np.int64), np.empty(0, dtype=np.uint8)
    content = np.frombuffer(content_buffer, dtype=np.uint8, count=last - first, offset=first)
    return (offsets - first if first else offsets), content


def copy_fields(source: Bytes, target: Bytes) -> None:
    """Copy (rows, width) bytes whose rows are each contiguous; one memory move per row instead of one per byte."""
    if source.size:
        item = f"V{source.shape[1]}"
        target.view(item)[...] = source.view(item)


def _find_unprintable(offsets: NDArray[np.int64], content: Bytes) -> Rows:
    places = np.flatnonzero((content < FIRST_PRINTABLE) | (content > LAST_PRINTABLE))
    return np.unique(np.searchsorted(offsets, places, side="right") - 1)


def _decode(packed: Bytes, padding: str, encoding: str | None) -> pa.LargeStringArray:
    """Distinct values are decoded one by one, then spread."""
    width = packed.shape[1]
    items = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(packed), [None, pa.py_buffer(packed)])
    coded = items.dictionary_encode()
    decoded = []
    for code, value in enumerate(coded.dictionary.to_pylist()):
        try:
            decoded.append(decode_text(value.rstrip(padding.encode("ascii")), encoding))
        except UnicodeDecodeError:
            row = int(np.flatnonzero(coded.indices.to_numpy() == code)[0])
            raise UndecodableText(row, value.rstrip(b" \0")) from None
    return pa.array(decoded, type=pa.large_string()).take(coded.indices)
