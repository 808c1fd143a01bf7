"""Instructions a packet takes: a figure that noise does not move."""

import os
import re
import shutil

from .. import programs
from ..tables import Column, Table, fixed, number

ABOUT = "instructions per packet of analyze (valgrind --tool=callgrind)"

PROGRAM = os.path.join(programs.PORTABLE, "app", "lacuna", "lacuna")
SIZES = (100_000, 300_000)
FLOWS = 1000

PLAIN_ESP = dict(protocol="ipsec", ipv6_ratio=0, natt_ratio=0, ah_ratio=0)
TRAFFIC = {
    "MACsec": {},
    "MACsec, loss rate 10⁻⁴": dict(gap_rate=1e-4, gap_size=1),
    "MACsec, loss rate 10⁻²": dict(gap_rate=1e-2, gap_size=1),
    "MACsec, 1 % late": dict(reorder_rate=1e-2),
    "MACsec in VLAN, 68 octets": dict(size=68, vlan="random"),
    "ESP over IPv4": PLAIN_ESP,
    "ESP over IPv6, 84 octets": dict(PLAIN_ESP, ipv6_ratio=1, size=84),
    "mixed, 82 octets": dict(protocol="mixed", size=82),
}

COLUMNS = [
    Column("traffic", "traffic", left=True),
    Column("recognised", "recognised", number),
    Column("not_recognised", "not", number),
    Column("instructions", "instructions/packet", fixed(1)),
]


def instructions(capture, *options):
    """(instructions of a whole analyze, frames recognised)."""
    done = programs.run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                        "--log-fd=1", PROGRAM, "analyze", "--json", "--quiet", "--top", "1",
                        "--threads", "1", *options, capture.path)
    total = re.search(r"Collected : (\d+)", done.output)
    report = programs.Run(0, 0, 0, done.output[done.output.index("{"):done.output.rindex("}") + 1])
    return int(total[1]), programs.recognised(report.json())


def measure(suite):
    table = Table("instructions", "Instructions per packet", suite.command("instructions"), COLUMNS,
                  notes=[f"The difference between {SIZES[1]:,} and {SIZES[0]:,} packets of the "
                         f"same {FLOWS:,} SAs, so that starting, ending and meeting the SAs drop "
                         "out. 64 octets where nothing else is said; built for x86-64-v3."])
    for needed in ("valgrind", PROGRAM):
        if not shutil.which(needed):
            programs.say(f"instructions: no {needed}, left out")
            return []
    for name, options in TRAFFIC.items():
        programs.say(f"instructions: {name}")
        small, large = (suite.captures.get(**{"packets": n, "flows": FLOWS} | options)
                        for n in SIZES)
        before, _ = instructions(small)
        after, known = instructions(large)
        table.rows.append({"traffic": name, "packets": large.packets, "recognised": known,
                           "not_recognised": large.packets - known,
                           "instructions": (after - before) / (large.packets - small.packets)})
    return [table]
