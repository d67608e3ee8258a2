"""SAS transport files, version 5 (TS-140): `write_xpt`, `read_xpt`, `iter_xpt`, `list_members`.

The writer makes files for submission and refuses what they cannot hold; the reader takes any valid file of version 5,
and of version 8. See docs/transport-files.md.
"""

from cdisc_conv.xpt.ibm import find_missing_codes, make_missing
from cdisc_conv.xpt.members import XptMember
from cdisc_conv.xpt.problems import XptError
from cdisc_conv.xpt.reader import XptFile, iter_xpt, list_members, read_xpt
from cdisc_conv.xpt.transliteration import COMMON_MARKS
from cdisc_conv.xpt.variables import XptVariable, variables_of
from cdisc_conv.xpt.writer import write_xpt

__all__ = [
    "COMMON_MARKS",
    "XptError",
    "XptFile",
    "XptMember",
    "XptVariable",
    "find_missing_codes",
    "iter_xpt",
    "list_members",
    "make_missing",
    "read_xpt",
    "variables_of",
    "write_xpt",
]
