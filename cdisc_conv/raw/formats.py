"""Every reader that cdisc-conv has itself: importing this module registers them."""

import cdisc_conv.raw.delimited.reader
import cdisc_conv.raw.files.archive
import cdisc_conv.raw.odm.reader
import cdisc_conv.raw.typed.dataset_json
import cdisc_conv.raw.typed.parquet
import cdisc_conv.raw.typed.sas
import cdisc_conv.raw.typed.transport
import cdisc_conv.raw.workbook.reader  # noqa: F401
