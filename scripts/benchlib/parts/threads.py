"""analyze with one thread and with more."""

import os

from .. import programs
from ..tables import Column, Table, factor, fixed, median, number, percent, short, spread

ABOUT = "analyze with one thread and with as many as there are CPUs, up to 4"

COLUMNS = [
    Column("flows", "SAs", number),
    Column("threads", "threads", number),
    Column("not_recognised", "not recognised", number),
    Column("ns", "ns/packet", fixed(1)),
    Column("packets_per_s", "packets/s", short),
    Column("spread", "spread", percent),
    Column("gain", "against one", factor),
]


def measure(suite):
    table = Table("threads", "analyze by threads, 64-octet MACsec frames", suite.command("threads"),
                  COLUMNS)
    for flows in (10_000, 1_000_000):
        capture = suite.usual(flows=flows)
        counts = range(1, min(4, len(os.sched_getaffinity(0))) + 1)
        runs = programs.in_turn(suite.rounds, {
            n: lambda n=n: programs.analyze(capture, threads=n) for n in counts})
        one = None
        for threads, done in runs.items():
            times = [report["timing"]["process_s"] for _, report in done]
            ns = median(times) * 1e9 / capture.packets
            one = one or ns
            known = programs.recognised(done[0][1])
            table.rows.append({"flows": capture.flows, "threads": threads, "recognised": known,
                               "not_recognised": capture.packets - known, "ns": ns,
                               "packets_per_s": 1e9 / ns, "spread": spread(times),
                               "gain": one / ns})
    return [table]
