"""RECIST 1.1 derived from TU and TR alone, and compared with the responses in RS.

Source: Eisenhauer EA, Therasse P, Bogaerts J, et al. New response evaluation criteria in solid tumours: revised RECIST
guideline (version 1.1). European Journal of Cancer 2009;45:228-247. See docs/response-check.md.
"""

from cdisc_conv.recist.check import ResponseCheck, check_responses
from cdisc_conv.recist.settings import RecistSettings, read_settings

__all__ = ["RecistSettings", "ResponseCheck", "check_responses", "read_settings"]
