"""Every reader that cdisc-conv has itself: importing this module registers them."""

import cdisc_conv.raw.delimited.reader
import cdisc_conv.raw.odm.reader  # noqa: F401
