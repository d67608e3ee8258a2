"""cdisc-conv: raw eCRF exports to a submission-ready data package, driven by YAML mapping specs."""

__version__ = "0.1.0"
