"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# How long one example takes says how busy the machine is, not whether a law holds.
settings.register_profile("laws", deadline=None)
settings.load_profile("laws")
