"""Which workers a run asks for."""

from __future__ import annotations

from cdisc_conv.engine.workers.here import Here
from cdisc_conv.engine.workers.task import Workers


def choose_workers(count: int, scheduler: str = "", scratch: str = "") -> Workers:
    """Those of the cluster at `scheduler`, or `count` processes, or this one alone."""
    # Loaded where they are asked for: most commands ask for neither, and what they need takes its time.
    if scheduler:
        from cdisc_conv.engine.workers.cluster import Cluster

        return Cluster(scheduler, scratch)
    if count > 1:
        from cdisc_conv.engine.workers.processes import Processes

        return Processes(count)
    return Here()
