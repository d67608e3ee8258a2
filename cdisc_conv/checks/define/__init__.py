"""What a define.xml states, held against the datasets it describes, both ways."""

from cdisc_conv.checks.define.against import check_against
from cdisc_conv.checks.define.statements import DatasetStatement, ItemStatement, read_statements

__all__ = ["DatasetStatement", "ItemStatement", "check_against", "read_statements"]
