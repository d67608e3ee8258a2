"""Numbers as text."""

from __future__ import annotations

import math

import numpy as np


def write_number(number: float) -> str:
    """A number in the fewest digits that read back as it, without exponent; "" for a missing one.

    >>> write_number(2.0), write_number(1234567.25), write_number(0.1 + 0.2), write_number(-0.0), write_number(math.nan)
    ('2', '1234567.25', '0.30000000000000004', '0', '')
    """
    return "" if math.isnan(number) else str(np.format_float_positional(number + 0.0, trim="-"))
