"""Endpoints of oncology trials: tumour response and time to event."""
