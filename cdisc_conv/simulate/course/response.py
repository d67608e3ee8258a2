"""The response rules of RECIST 1.1 (Eisenhauer et al., European Journal of Cancer 45 (2009) 228-247), on columns.

Diameters are whole millimetres, so that the limits of 30 % and 20 % can be tested exactly.
"""

from __future__ import annotations

import numpy as np

from cdisc_conv.simulate.tables.draws import Bools, Ints

RESPONSES = ("CR", "PR", "SD", "PD", "NE", "NCRNPD", "NA")
CR, PR, SD, PD, NE, NON, NONE = range(len(RESPONSES))

TOO_SMALL_MM = 5
"""What a lesion that is too small to measure counts."""
NORMAL_NODE_BELOW_MM = 10
"""Short axis below which a lymph node is no longer pathological."""


def derive_target_response(total: Ints, baseline: Ints, nadir: Ints, incomplete: Bools, all_gone: Bools) -> Ints:
    """Target response from the sums of diameters.

    `total` is the sum of the lesions that were assessed, `nadir` the smallest complete sum so far, baseline included,
    `incomplete` that a lesion was not assessed, `all_gone` that every other lesion is 0 and every node under 10 mm.
    CR: all gone. PD: at least 20 % and at least 5 mm over the nadir (the assessed lesions alone can show that).
    NE: a lesion not assessed. PR: at least 30 % under baseline. Otherwise SD.

    >>> at = np.array([70, 71, 60, 64, 60, 0])
    >>> result = derive_target_response(at, np.full(6, 100), np.full(6, 50), np.arange(6) == 4, np.arange(6) == 5)
    >>> [RESPONSES[code] for code in result]
    ['PD', 'PD', 'PD', 'PD', 'PD', 'CR']
    """
    grown = (5 * (total - nadir) >= nadir) & (total - nadir >= 5)
    conditions = [all_gone & ~incomplete, grown, incomplete, 10 * total <= 7 * baseline]
    return np.select(conditions, [CR, PD, NE, PR], default=SD)


def derive_non_target_response(lesions: Ints, absent: Ints, progressing: Ints, unassessed: Ints) -> Ints:
    """Non-target response from how many lesions there are and how many are absent, progress, or were not assessed.

    >>> counts = [np.array(column) for column in ([0, 2, 2, 2, 2], [0, 2, 1, 1, 1], [0, 0, 0, 1, 0], [0, 0, 0, 1, 1])]
    >>> [RESPONSES[code] for code in derive_non_target_response(*counts)]
    ['NA', 'CR', 'NCRNPD', 'PD', 'NE']
    """
    conditions = [lesions == 0, progressing > 0, unassessed > 0, absent == lesions]
    return np.select(conditions, [NONE, PD, NE, CR], default=NON)


def derive_overall_response(target: Ints, non_target: Ints, new_lesion: Bools) -> Ints:
    """Overall response (tables 1 and 3 of the guideline; every subject has target lesions).

    PD of any part is PD; a target response that is not evaluable is NE; CR needs CR or no lesions elsewhere, otherwise
    it is PR; PR and SD stand as they are.
    """
    progression = (target == PD) | (non_target == PD) | new_lesion
    complete = (non_target == CR) | (non_target == NONE)
    conditions = [progression, target == NE, (target == CR) & complete, target == CR]
    return np.select(conditions, [PD, NE, CR, PR], default=target)
