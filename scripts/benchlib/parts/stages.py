"""Each stage by itself: the steps of analyze on a capture, and micro-benchmarks."""

import json
import os

from .. import programs
from ..tables import Column, Table, fixed, median, number, percent, short, spread

ABOUT = "walk, decode, track: on a capture, and as micro-benchmarks (Google Benchmark)"

STEP_COLUMNS = [
    Column("traffic", "traffic", left=True),
    Column("flows", "SAs", number),
    Column("step", "step, with those before it", left=True),
    Column("not_recognised", "not recognised", number),
    Column("ns", "ns/packet", fixed(1)),
    Column("cpu_ns", "CPU ns/packet", fixed(1)),
    Column("added_ns", "adds", fixed(1)),
    Column("spread", "spread", percent),
]
MICRO_COLUMNS = [
    Column("name", "benchmark", left=True),
    Column("ns", "ns/item", fixed(2)),
    Column("items_per_s", "items/s", short),
]


def steps(suite):
    for traffic, flows, options in (("MACsec", 10_000, {}), ("MACsec", 1_000_000, {}),
                                    ("ESP over IPv4", 10_000,
                                     dict(protocol="ipsec", ipv6_ratio=0, natt_ratio=0,
                                          ah_ratio=0))):
        programs.say(f"stages: {traffic}, {flows:,} SAs")
        j = programs.bench("stages", suite.usual(flows=flows, **options).path, "--rounds",
                           str(suite.rounds))
        before = 0
        for step in dict.fromkeys(p["name"] for p in j["passes"]):
            ns = [p["ns_per_packet"] for p in j["passes"] if p["name"] == step]
            cpu = [p["cpu_ns_per_packet"] for p in j["passes"] if p["name"] == step]
            yield {"traffic": traffic, "flows": j["flows"], "step": step,
                   "recognised": j["recognised"], "not_recognised": j["not_recognised"],
                   "ns": median(ns), "cpu_ns": median(cpu), "added_ns": median(ns) - before,
                   "spread": spread(ns)}
            before = median(ns)


def micro_benchmarks(suite):
    program = os.path.join(programs.BUILD, "test", "bench", "bench-stages")
    if not os.path.exists(program):
        return
    programs.say("stages: micro-benchmarks")
    only = ["--benchmark_filter=-/10000000"] if suite.quick else []
    done = programs.run(program, "--benchmark_format=json", *only)
    for b in json.loads(done.output)["benchmarks"]:
        if "items_per_second" in b:
            yield {"name": b["name"], "ns": 1e9 / b["items_per_second"],
                   "items_per_s": b["items_per_second"], "iterations": b["iterations"]}


def measure(suite):
    on_capture = Table("steps", "The steps of analyze, 64-octet frames already mapped",
                       suite.command("stages"), STEP_COLUMNS, list(steps(suite)))
    micro = Table("micro", "Micro-benchmarks: frames in the cache, observations made beforehand",
                  suite.command("stages"), MICRO_COLUMNS, list(micro_benchmarks(suite)))
    return [on_capture] + ([micro] if micro.rows else [])
