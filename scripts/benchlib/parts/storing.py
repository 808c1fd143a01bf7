"""What keeping everything found in a store costs."""

import os
import shutil
import tempfile

from .. import programs
from ..tables import Column, Table, fixed, median, number, percent, spread

ABOUT = "analyze and replay with and without --db, at loss rates of 0, 1e-4 and 1e-2"

COLUMNS = [
    Column("program", "program", left=True),
    Column("loss_rate", "loss rate", lambda r: f"{r:g}"),
    Column("lost", "lost", number),
    Column("off_s", "off: whole process s", fixed(3)),
    Column("on_s", "on: whole process s", fixed(3)),
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


def compare(suite, program, rate, rounds):
    capture = suite.usual(**({"gap_rate": rate, "gap_size": 1} if rate else {}))
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
            "packets": capture.packets, "recognised": known,
            "not_recognised": capture.packets - known, "off_s": median(wall["off"]),
            "on_s": median(wall["on"]), "cost": median(wall["on"]) / median(wall["off"]) - 1,
            "process_cost": process["on"] / process["off"] - 1, "on_spread": spread(wall["on"]),
            "off_cpu_s": median([d.cpu_s for d, _ in runs["off"]]),
            "on_cpu_s": median([d.cpu_s for d, _ in runs["on"]]), "store_kib": store.kib}


def measure(suite):
    table = Table("storing", "Storing on and off, 64-octet MACsec frames of 10,000 SAs",
                  suite.command("storing"), COLUMNS)
    for program in PROGRAMS:
        for rate in (0, 1e-4, 1e-2):
            programs.say(f"storing: {program}, loss rate {rate:g}")
            table.rows.append(compare(suite, program, rate, suite.rounds))
    return [table]
