"""Every reader that cdisc-conv has itself: importing this module registers them."""

import cdisc_conv.raw.delimited.reader  # noqa: F401
