"""The check functions that rules name under ``check:``; importing this registers them."""

from cdisc_conv.checks.functions import analysis, general, tabulations

__all__ = ["analysis", "general", "tabulations"]
