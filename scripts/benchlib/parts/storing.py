"""What keeping everything found in a store costs."""

import os
import shutil
import tempfile

from .. import programs
from ..tables import Column, Table, fixed, median, number, percent, spread

ABOUT = "analyze and replay with and without --db, at loss rates of 0, 1e-4 and 1e-2"

COLUMNS = [
    Column("program", "program", left=True),
    Column("packets", "packets", number),
    Column("flows", "SAs", number),
    Column("loss_rate", "loss rate", lambda r: f"{r:g}"),
    Column("lost", "lost", number),
    Column("off_s", "off: whole process s", fixed(3)),
    Column("on_s", "on: whole process s", fixed(3)),
    Column("cost_ms", "ms more", fixed(0)),
    Column("cost", "storing costs", lambda v: f"{v * 100:+.1f} %"),
    Column("process_cost", "of process_s", lambda v: f"{v * 100:+.1f} %"),
    Column("on_spread", "spread", percent),
    Column("store_kib", "store KiB", number),
]

PROGRAMS = {"analyze": programs.analyze, "replay": programs.replay}


class Store:
    """A directory for one run, and how large it became."""

    def __init__(self, scratch):
        self.scratch, self.kib = scratch, 0

    def run(self, program, capture):
        directory = tempfile.mkdtemp(prefix="store-", dir=self.scratch)
        try:
            done = program(capture, "--db", os.path.join(directory, "db"))
            self.kib = sum(os.path.getsize(os.path.join(where, name)) for where, _, names
                           in os.walk(directory) for name in names) // 1024
            return done
        finally:
            shutil.rmtree(directory)


def compare(suite, program, rate, packets):
    """One row: whole processes with and without a store, in turn."""
    programs.say(f"storing: {program}, {packets:,} packets, loss rate {rate:g}")
    rounds = suite.pick(3, 9) if packets <= 1000 else suite.rounds
    capture = suite.captures.get(packets=packets, flows=10_000,
                                 **({"gap_rate": rate, "gap_size": 1} if rate else {}))
    store = Store(suite.scratch)
    run = PROGRAMS[program]
    runs = programs.in_turn(rounds, {"off": lambda: run(capture),
                                     "on": lambda: store.run(run, capture)})
    wall = {name: [done.wall_s for done, _ in of] for name, of in runs.items()}
    process = {name: median([r["timing"]["process_s"] for _, r in of])
               for name, of in runs.items()}
    report = runs["on"][0][1]
    known = programs.recognised(report)
    if report["totals"]["lost"] != runs["off"][0][1]["totals"]["lost"]:
        raise programs.Failed("storing changed the figures")
    if report["probe"].get("events_lost"):
        raise programs.Failed(f"{report['probe']['events_lost']} events did not reach the store")
    return {"program": program, "loss_rate": rate, "lost": report["totals"]["lost"],
            "packets": capture.packets, "flows": capture.flows, "recognised": known,
            "not_recognised": capture.packets - known, "off_s": median(wall["off"]),
            "on_s": median(wall["on"]), "cost_ms": (median(wall["on"]) - median(wall["off"])) * 1e3,
            "cost": median(wall["on"]) / median(wall["off"]) - 1,
            "process_cost": process["on"] / process["off"] - 1, "on_spread": spread(wall["on"]),
            "off_cpu_s": median([d.cpu_s for d, _ in runs["off"]]),
            "on_cpu_s": median([d.cpu_s for d, _ in runs["on"]]), "store_kib": store.kib}


def long_capture(suite):
    """Packets beside which what happens once a run does not count."""
    return suite.packets(5_000_000, 40_000_000)


def measure(suite):
    table = Table("storing", "Storing on and off, 64-octet MACsec frames", suite.command("storing"),
                  COLUMNS, notes=["Whole processes. 1,000 packets show what happens once a run: "
                                  "opening the database, the last summaries, making sure all of "
                                  "it is on the disk."])
    usual = suite.packets(2_000_000, 10_000_000)
    for program in PROGRAMS:
        for packets, rate in ((1000, 0), (usual, 0), (usual, 1e-4), (usual, 1e-2)):
            table.rows.append(compare(suite, program, rate, packets))
    table.rows.append(compare(suite, "analyze", 1e-4, long_capture(suite)))
    return [table]
