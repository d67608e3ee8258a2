"""IBM double precision, the number format of transport files, to and from IEEE 754 binary64, whole arrays at a time.

An IBM double is a sign bit, a 7 bit exponent of 16 (biased by 64) and a 56 bit fraction: `(-1)^s * 0.f * 16^(e - 64)`.
A binary64 has 53 significant bits, and aligning them to a hexadecimal digit costs at most three more, so every double
between 16^-65 and 16^63 has an IBM double of exactly its value. Bits can be lost only on the way back (56 to 53,
rounded half to even by the processor's integer conversion) and in variables shorter than 8 bytes.

A missing value is a letter, underscore or full stop in the first byte and a fraction of zero. In memory it is a quiet
NaN whose payload is that byte; the ordinary missing value `.` is the ordinary NaN.

Source: SAS technical paper "Record Layout of a SAS Version 5 or 6 Data Set in SAS Transport (XPORT) Format" (TS-140),
sections Numeric Data Fields and Missing Values.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Doubles = NDArray[np.float64]

SMALLEST = 2.0**-260
"""The smallest magnitude above zero that a transport file can hold, 16^-65."""
LARGEST = float(np.nextafter(2.0**252, 0))
"""The largest double that a transport file can hold, just under 16^63."""

_FRACTION = np.uint64((1 << 56) - 1)
_QUIET_NAN = 0x7FF8 << 48
_MISSING_LETTERS = "_ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class NumberFault(IntEnum):
    """Why a number cannot be written."""

    NONE = 0
    INFINITE = 1
    TOO_LARGE = 2
    TOO_SMALL = 3
    LOSES_BITS = 4


_LOOK_CLOSER = 9


def make_missing(code: str = ".") -> float:
    """The NaN that stands for a missing value: ``.``, ``._`` or ``.A`` to ``.Z``.

    >>> find_missing_codes(np.array([make_missing(".A"), 1.0, np.nan])).tolist()
    ['.A', '', '.']

    Raises ValueError for any other code.
    """
    letter = code.removeprefix(".").upper()
    if not code.startswith(".") or (letter and (len(letter) != 1 or letter not in _MISSING_LETTERS)):
        raise ValueError(f"{code!r} is not a missing value of SAS: expected '.', '._' or '.A' to '.Z'")
    return float(np.uint64(_QUIET_NAN | (ord(letter) if letter else 0)).view(np.float64))


def find_missing_codes(values: Doubles) -> NDArray[np.str_]:
    """The code of each missing value (``.``, ``._``, ``.A`` ...), an empty text for each number.

    ``values`` has dtype float64 and any shape; the answer has the same shape and dtype ``U2``. A NaN that carries no
    code counts as ``.``.
    """
    values = np.ascontiguousarray(values, dtype=np.float64)
    codes = np.where(np.isnan(values), ".", "").astype("U2")
    bits = values.view(np.uint64) & np.uint64((1 << 51) - 1)
    for letter in _MISSING_LETTERS:
        codes[(codes == ".") & (bits == np.uint64(ord(letter)))] = f".{letter}"
    return codes


def convert_from_ibm(words: Words) -> Doubles:
    """IBM doubles, as native-endian 64 bit words, to float64; rounded half to even where more than 53 bits are set.

    A word with a fraction of zero is a missing value when its first byte is one of the codes, and zero otherwise.

    >>> convert_from_ibm(np.array([0x4110000000000000, 0xC276A00000000000], dtype=np.uint64)).tolist()
    [1.0, -118.625]
    """
    fraction = (words & _FRACTION).view(np.int64)
    top = (words >> np.uint64(56)).view(np.int64)
    values = fraction.astype(np.float64)
    values *= _POWERS.take(top)
    special = np.flatnonzero(fraction == 0)
    if special.size:
        values.view(np.uint64)[special] = _WITHOUT_FRACTION.take(top[special])
    return values


def convert_to_ibm(values: Doubles) -> tuple[Words, NDArray[np.uint8] | None]:
    """Float64 to IBM doubles, exactly, as native-endian 64 bit words.

    The second result is None when every value can be held, else one `NumberFault` per value (the words of the
    faulty ones are zero). Negative zero becomes zero, as SAS has one zero.

    >>> [hex(word) for word in convert_to_ibm(np.array([1.0, -118.625]))[0].tolist()]
    ['0x4110000000000000', '0xc276a00000000000']
    """
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64)
    top = (bits >> np.uint64(52)).view(np.int64)
    words = (bits & np.uint64((1 << 52) - 1)) | np.uint64(1 << 52)
    words <<= _SHIFTS.take(top)
    words |= _TOPS.take(top)
    status = _STATUS.take(top)
    odd = np.flatnonzero(status)
    if not odd.size:
        return words, None
    words[odd], status[odd] = _convert_odd_values(bits[odd], status[odd])
    return words, status if status.any() else None


def _convert_odd_values(bits: Words, status: NDArray[np.uint8]) -> tuple[Words, NDArray[np.uint8]]:
    """Words and faults of zeros, subnormals, infinities, NaNs and what is out of range."""
    magnitude = bits & np.uint64((1 << 63) - 1)
    nan = magnitude > np.uint64(0x7FF << 52)
    payload = bits & np.uint64((1 << 51) - 1)
    letters = np.where(payload < 256, payload, 0).view(np.int64)
    words = np.where(nan, _LETTER_WORDS.take(letters), np.uint64(0))
    faults = status.copy()
    faults[status == _LOOK_CLOSER] = NumberFault.TOO_SMALL
    faults[nan | (magnitude == 0)] = NumberFault.NONE
    faults[magnitude == np.uint64(0x7FF << 52)] = NumberFault.INFINITE
    return words, faults


def find_lost_bits(words: Words, length: int) -> NDArray[np.bool_]:
    """Which IBM doubles change when only their first ``length`` bytes are kept."""
    lost: NDArray[np.bool_] = (words & np.uint64((1 << (64 - 8 * length)) - 1)) != 0
    return lost


def _make_reading_tables() -> tuple[Doubles, Words]:
    top = np.arange(256)
    powers = np.ldexp(np.where(top < 128, 1.0, -1.0), 4 * ((top & 127) - 64) - 56)
    without_fraction = np.zeros(256, dtype=np.uint64)
    without_fraction[ord(".")] = _QUIET_NAN
    for letter in _MISSING_LETTERS:
        without_fraction[ord(letter)] = _QUIET_NAN | ord(letter)
    return powers, without_fraction


def _make_writing_tables() -> tuple[Words, Words, NDArray[np.uint8], Words]:
    """By the first 12 bits of a double (sign, exponent): left shift of its 53 bits, first byte in place, status."""
    top = np.arange(4096)
    exponent = (top & 2047) - 1022  # of two, for a fraction below one
    hexadecimal = -(-exponent // 4)  # of sixteen, rounded up
    shifts = (3 - (4 * hexadecimal - exponent)).astype(np.uint64)
    fits = (hexadecimal >= -64) & (hexadecimal <= 63)
    first = np.where(fits, hexadecimal + 64, 0) | np.where(top < 2048, 0, 128)
    status = np.where(fits, 0, np.where(hexadecimal > 63, NumberFault.TOO_LARGE, NumberFault.TOO_SMALL))
    status[[0, 2047, 2048, 4095]] = _LOOK_CLOSER
    letters = np.full(256, ord(".") << 56, dtype=np.uint64)
    for letter in _MISSING_LETTERS:
        letters[ord(letter)] = ord(letter) << 56
    return shifts, first.astype(np.uint64) << np.uint64(56), status.astype(np.uint8), letters


_POWERS, _WITHOUT_FRACTION = _make_reading_tables()
_SHIFTS, _TOPS, _STATUS, _LETTER_WORDS = _make_writing_tables()
