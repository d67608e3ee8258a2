"""Readers of what CDISC and the NCI publish: terminology packages, implementation guides, models."""
