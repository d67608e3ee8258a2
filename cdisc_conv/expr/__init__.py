"""The language of `where:`, `when:` and `expr:`: small, parsed, and never evaluated as Python.

>>> condition = parse('AESER == "Y" and AESTDTC >= DM.RFSTDTC')
>>> condition.names
('AESER', 'AESTDTC', 'DM.RFSTDTC')

The rules, the operators and every function stand in docs/expressions.md.
"""

from cdisc_conv.expr.expression import (
    Expression,
    columns_as_numbers,
    literals_of,
    parse,
    suggest_quotes,
    texts_compared,
)
from cdisc_conv.expr.nodes import Type

__all__ = ["Expression", "Type", "columns_as_numbers", "literals_of", "parse", "suggest_quotes", "texts_compared"]
