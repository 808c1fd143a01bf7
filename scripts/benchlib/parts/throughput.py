"""The predecessor's table again, and on to sizes it could not reach."""

from .. import programs
from ..tables import Column, Table, factor, fixed, median, number, percent, short, spread

ABOUT = "packets, time, throughput, per packet, bandwidth, from 1,000 packets on"

# Packets: what the predecessor published, packets/s.
PREDECESSOR = {1_000: 13_333, 10_000: 65_789, 50_000: 256_410, 100_000: 126_742,
               250_000: 207_125, 500_000: 237_191}
LARGER = (5_000_000, 50_000_000)

COLUMNS = [
    Column("packets", "packets", number),
    Column("octets", "octets each", number),
    Column("flows", "SAs", number),
    Column("not_recognised", "not recognised", number),
    Column("program", "program", left=True),
    Column("process_s", "time s", fixed(4)),
    Column("packets_per_s", "packets/s", short),
    Column("us_per_packet", "µs/packet", fixed(4)),
    Column("mbit_per_s", "Mbit/s", number),
    Column("outside_s", "whole process s", fixed(3)),
    Column("spread", "spread", percent),
    Column("predecessor", "predecessor packets/s", number),
    Column("times", "lacuna is", factor),
]


def row(capture, program, runs):
    times = [report["timing"]["process_s"] for _, report in runs]
    time = median(times)
    known = programs.recognised(runs[0][1])
    published = PREDECESSOR.get(capture.packets)
    return {
        "packets": capture.packets, "octets": capture.octets / capture.packets,
        "flows": capture.flows, "recognised": known, "not_recognised": capture.packets - known,
        "program": program, "process_s": time, "packets_per_s": capture.packets / time,
        "us_per_packet": time * 1e6 / capture.packets,
        "mbit_per_s": capture.octets * 8e-6 / time,
        "wall_s": median([report["timing"]["wall_s"] for _, report in runs]),
        "outside_s": median([done.wall_s for done, _ in runs]),
        "cpu_s": median([done.cpu_s for done, _ in runs]), "spread": spread(times),
        "page_cache": capture.cached(), "predecessor": published,
        "times": capture.packets / time / published if published else None,
    }


def measure_sizes(captures, sizes, rounds, protocol="macsec"):
    """Rows for `sizes`; up to 500,000 packets frames of 64 to 1500 octets as the predecessor
    generated them, above of 64."""
    for packets in sizes:
        programs.say(f"throughput: {packets:,} packets")
        capture = captures.get(packets=packets, flows=max(1, packets // 10), protocol=protocol,
                               size="64-1500" if packets <= 500_000 else "64", seed=packets)
        few = min(rounds, 3) if packets > 10_000_000 else rounds
        runs = programs.in_turn(few, {
            "analyze": lambda c=capture: programs.analyze(c),
            "replay": lambda c=capture: programs.replay(c),
        })
        for program, done in runs.items():
            yield row(capture, program, done)


def table(command):
    return Table("throughput", "Throughput, fresh distinct packets each size", command, COLUMNS,
                 notes=["Time is process_s, the median; the whole process is timed from outside. "
                        "analyze on one core, replay as it chooses."])


def measure(suite):
    result = table(suite.command("throughput"))
    sizes = [*PREDECESSOR, *suite.pick(LARGER[:1], LARGER)]
    sizes = [n for n in sizes if suite.scale == 1 or n <= 10_000]
    result.rows = list(measure_sizes(suite.captures, sizes, suite.rounds))
    return [result]
