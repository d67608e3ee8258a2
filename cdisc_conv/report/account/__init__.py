"""The account of what a run read: what became of every row, column and value, and whether it adds up."""

from cdisc_conv.report.account.lines import Account, Accounting, Line, merge_accounts, write_accounting
from cdisc_conv.report.account.make import account_for

__all__ = ["Account", "Accounting", "Line", "account_for", "merge_accounts", "write_accounting"]
