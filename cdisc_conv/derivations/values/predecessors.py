"""Variables taken over from another dataset."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Ref, Rows, Words
from cdisc_conv.derivations.registry import register


@register
class Predecessor(Derivation):
    """The value of a variable of another dataset, unchanged.

    Name, label, type and values are those of the predecessor, which define.xml names as the origin; there is no method,
    because nothing is computed. A value that is changed in any way, be it only blanks at its end, is derived: use
    `copy` or another derivation for it.

    | ADSL.TRTSDT | | USUBJID | TRTSDT in ADAE |
    |---|---|---|---|
    | 22645 | | 01 | 22645 |
    | | | 02 | missing |

    ```yaml
    TRTSDT: {predecessor: ADSL.TRTSDT}
    ```

    Source: ADaMIG 1.3 section 3.1 (variables copied from SDTM or ADSL keep their attributes); Define-XML 2.1, origin
    type Predecessor.
    """

    name: ClassVar[str] = "predecessor"
    topic: ClassVar[str] = "Values as they are"
    shorthand: ClassVar[str] = "of"
    origin: ClassVar[OriginType] = OriginType.PREDECESSOR

    of: Ref = Field(description="the variable that is taken over, such as ADSL.TRTSDT or AE.AETERM")

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return is_number(self.of)

    def derive(self, rows: Rows) -> pd.Series:
        return rows[self.of]

    def find_unread(self, rows: Rows) -> np.ndarray | None:
        return rows.unread(self.of)

    def method(self, words: Words) -> str:
        """Nothing to say: the origin names the predecessor."""
        return ""

    def sentence(self, words: Words) -> str:
        return f"The value of {words(self.of)}."
