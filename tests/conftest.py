"""What all tests share."""

from __future__ import annotations

import os
import signal
import tempfile
import threading

from hypothesis import settings

from cdisc_conv.keeping import VARIABLE as CACHE
from cdisc_conv.standards.store import VARIABLE

# What a person imported on this machine is not for the tests, nor what runs kept on it.
os.environ[VARIABLE] = os.path.join(tempfile.gettempdir(), f"cdisc-conv-tests-{os.getpid()}")
os.environ[CACHE] = ""

# A suite that is started in the background ignores Ctrl-C, and so would the programs that tests start and interrupt.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long one example takes says how busy the machine is, not whether a law holds.
settings.register_profile("laws", deadline=None)
settings.load_profile("laws")
