"""What a line brings at most, and how many cores that takes."""

import math

from .. import programs
from ..tables import Column, Table, factor, fixed, median, number, percent, short, spread

ABOUT = "1 to 100 GbE at 64 and 512 octets, IMIX and 1518 octets: packets/s, cores, headroom"

RATES = (1, 2.5, 10, 25, 40, 100)
# Octets of a frame on the wire with its FCS; what lacuna is given has 4 less. IMIX is 64, 594 and
# 1518 octets as 7 : 4 : 1.
FRAMES = {"64": 64, "512": 512, "IMIX": (7 * 64 + 4 * 594 + 1518) / 12, "1518": 1518}
# The generator makes nothing shorter than 64 octets without FCS, which costs the same.
GENERATED = {"64": "64", "512": "508", "IMIX": "imix", "1518": "1514"}
PREAMBLE_AND_GAP = 8 + 12

CORE_COLUMNS = [
    Column("frame", "frame octets", left=True),
    Column("flows", "SAs", number),
    Column("recognised", "recognised", number),
    Column("not_recognised", "not", number),
    Column("ns", "ns/packet", fixed(1)),
    Column("packets_per_s", "packets/s a core", short),
    Column("mbit_per_s", "Mbit/s a core", number),
    Column("spread", "spread", percent),
]
COLUMNS = [
    Column("gbe", "GbE", lambda v: f"{v:g}"),
    Column("frame", "frame octets", left=True),
    Column("needed", "packets/s needed", short),
    Column("per_core", "a core, 10 k SAs", short),
    Column("cores", "cores", number),
    Column("headroom", "one core has", factor),
    Column("per_core_1m", "a core, 1 M SAs", short),
    Column("cores_1m", "cores", number),
]


def needed(gbe, octets):
    """Packets per second of a full line, preamble and gap between frames included."""
    return gbe * 1e9 / 8 / (octets + PREAMBLE_AND_GAP)


def per_core(suite):
    for frame, size in GENERATED.items():
        for flows in (10_000, 1_000_000):
            packets = suite.packets(5_000_000, 20_000_000 if flows > 10_000 else 10_000_000)
            programs.say(f"line-rate: {frame} octets, {flows:,} SAs")
            j = programs.bench("pipeline", "--packets", str(packets), "--flows", str(flows),
                               "--size", size, "--layout", "rtc:1", "--feed", "buffers",
                               "--rounds", str(suite.rounds))
            result = j["result"]
            yield {"frame": frame, "flows": flows, "recognised": j["recognised"],
                   "not_recognised": j["not_recognised"], "ns": result["ns_per_packet"],
                   "packets_per_s": result["packets_per_s"], "mbit_per_s": result["mbit_per_s"],
                   "spread": spread([p["seconds"] for p in j["passes"]]),
                   "best_ns": min(p["ns_per_packet"] for p in j["passes"]),
                   "median_cpu_ns": median([p["cpu_ns_per_packet"] for p in j["passes"]])}


def measure(suite):
    cores = Table("per-core", "One core, run to completion on packet buffers, SAs in random order",
                  suite.command("line-rate"), CORE_COLUMNS,
                  notes=["Making the frames is included; a NIC's driver is not."])
    cores.rows = list(per_core(suite))
    rate = {(r["frame"], r["flows"]): r["packets_per_s"] for r in cores.rows}
    lines = Table("line-rate", "Full lines", suite.command("line-rate"), COLUMNS,
                  notes=["Frame octets with FCS, as lines are specified; preamble and gap (20 "
                         "octets a frame) are in the packets/s needed."])
    for gbe in RATES:
        for frame, octets in FRAMES.items():
            need = needed(gbe, octets)
            few, many = rate[frame, 10_000], rate[frame, 1_000_000]
            lines.rows.append({"gbe": gbe, "frame": frame, "needed": need, "per_core": few,
                               "cores": math.ceil(need / few), "headroom": few / need,
                               "per_core_1m": many, "cores_1m": math.ceil(need / many)})
    return [cores, lines]
