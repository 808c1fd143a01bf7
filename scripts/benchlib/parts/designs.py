"""Designs of the table of SAs side by side."""

import csv
import os

from .. import programs
from ..tables import Column, Table, fixed, number

ABOUT = "index over rows, one line, rte_hash, absl, unordered_map at 1 k to 10 M SAs"

COLUMNS = [
    Column("design", "design", left=True),
    Column("sas", "SAs", number),
    Column("median_ns", "ns/packet", fixed(1)),
    Column("range", "lowest – highest"),
    Column("octets_per_sa", "octets/SA", number),
]


def measure(suite):
    program = os.path.join(programs.BUILD, "test", "bench", "bench-table-designs")
    if not os.path.exists(program):
        programs.say(f"designs: no {program} (libabsl-dev is missing), left out")
        return []
    sizes = (1_000, 10_000, 100_000, 1_000_000, *suite.pick((), (10_000_000,)))
    programs.say("designs: " + ", ".join(f"{n:,}" for n in sizes) + " SAs")
    table = Table("designs", "Designs of the table, SAs in random order, bursts of 64",
                  suite.command("designs"), COLUMNS,
                  notes=["Each touches the same 64 octets of state for a packet; octets include "
                         "them. bench-table-designs prints the same as CSV."])
    for r in csv.DictReader(programs.run(program, *sizes).output.splitlines()):
        table.rows.append({"design": r["design"], "sas": int(r["sas"]),
                           "median_ns": float(r["median_ns"]), "min_ns": float(r["min_ns"]),
                           "max_ns": float(r["max_ns"]),
                           "range": f"{float(r['min_ns']):.1f} – {float(r['max_ns']):.1f}",
                           "octets_per_sa": float(r["octets_per_sa"])})
    return [table]
