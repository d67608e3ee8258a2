"""The readers that come with cdisc-conv, one system each; importing this registers them."""

from cdisc_conv.raw.dictionaries.systems import odm, openclinica, rave, redcap, secutrial, table, veeva, viedoc  # noqa: F401
