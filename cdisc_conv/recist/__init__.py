"""RECIST 1.1 derived from TU and TR alone, and compared with the responses in RS.

Source: Eisenhauer EA, Therasse P, Bogaerts J, et al. New response evaluation criteria in solid tumours: revised RECIST
guideline (version 1.1). European Journal of Cancer 2009;45:228-247. See docs/response-check.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdisc_conv.late import load_from

if TYPE_CHECKING:
    from cdisc_conv.recist.check import ResponseCheck, check_responses
    from cdisc_conv.recist.settings import RecistSettings, read_settings

__all__ = [
    "RecistSettings",
    "ResponseCheck",
    "check_responses",
    "read_settings",
]

__getattr__ = load_from(
    __name__,
    {
        "RecistSettings": "settings",
        "ResponseCheck": "check",
        "check_responses": "check",
        "read_settings": "settings",
    },
)
