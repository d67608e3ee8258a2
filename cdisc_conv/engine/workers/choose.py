"""Which workers a run asks for."""

from __future__ import annotations

from cdisc_conv.engine.workers.cluster import Cluster
from cdisc_conv.engine.workers.here import Here
from cdisc_conv.engine.workers.processes import Processes
from cdisc_conv.engine.workers.task import Workers


def choose_workers(count: int, scheduler: str = "", scratch: str = "") -> Workers:
    """Those of the cluster at `scheduler`, or `count` processes, or this one alone."""
    if scheduler:
        return Cluster(scheduler, scratch)
    return Processes(count) if count > 1 else Here()
