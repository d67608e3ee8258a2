"""The account of a run, from the facts of all its ranges: its lines, and whether it adds up."""

from __future__ import annotations

from collections.abc import Collection

from cdisc_conv.engine.account.blocks import describe_blocks
from cdisc_conv.engine.account.findings import describe_account
from cdisc_conv.engine.account.lines import Accounting
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.problems import Tally
from cdisc_conv.spec.model import Study


def account_for(study: Study, facts: Facts, forms: Collection[str] = ()) -> Accounting:
    """The account of the `forms` that were read, and of given datasets in a run without raw forms; of all without any.

    Rows that are left out for a wrong code, which is a finding, are no finding of their own. The findings are those of
    `describe_account`. A run of some datasets only has no ACC001 and ACC002: the others may use what they leave.
    """
    lines = tuple(line for line in facts.account if not forms or line.form in forms)
    codes: dict[tuple[str, str], Tally] = {}
    for wrong, tally in facts.wrong_codes.items():
        if wrong.outside:
            codes[wrong.form, wrong.field] = codes.get((wrong.form, wrong.field), Tally()) + tally
    return Accounting(lines, tuple(describe_account(study, lines, describe_blocks(study, facts.blocks), codes)))
