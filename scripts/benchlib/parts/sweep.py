"""analyze over numbers of SAs, sizes of frames and protocols, each beside the bare loop."""

from .. import programs
from ..tables import Column, Table, factor, fixed, median, number, percent, short, spread

ABOUT = "1 k to 10 M SAs; 64, 512, 1518 octets and IMIX; MACsec, ESP, mixed"

COLUMNS = [
    Column("what", "traffic", left=True),
    Column("packets", "packets", number),
    Column("flows", "SAs", number),
    Column("recognised", "recognised", number),
    Column("not_recognised", "not", number),
    Column("analyze_ns", "analyze ns/packet", fixed(1)),
    Column("analyze_cpu_ns", "CPU ns/packet", fixed(1)),
    Column("packets_per_s", "packets/s", short),
    Column("mbit_per_s", "Mbit/s", number),
    Column("spread", "spread", percent),
    Column("bare_ns", "bare loop ns", fixed(1)),
    Column("ratio", "analyze / bare", factor),
]


def compare(suite, what, capture, rounds):
    """One row: analyze on one core and the bare loop, in turn."""
    programs.say(f"sweep: {what}, {capture.flows:,} SAs")
    runs = programs.in_turn(rounds, {
        "analyze": lambda: programs.analyze_twice(capture)[:2],
        "bare": lambda: programs.bench("bare", capture.path),
    })
    times = [report["timing"]["process_s"] for _, report in runs["analyze"]]
    bare = median([j["result"]["ns_per_packet"] for j in runs["bare"]])
    known = programs.recognised(runs["analyze"][0][1])
    ns = median(times) * 1e9 / capture.packets
    return {
        "what": what, "packets": capture.packets, "flows": capture.flows, "recognised": known,
        "not_recognised": capture.packets - known, "analyze_ns": ns,
        "analyze_cpu_ns": median([d.cpu_s for d, _ in runs["analyze"]]) * 1e9 / capture.packets,
        "packets_per_s": 1e9 / ns, "mbit_per_s": capture.octets * 8e-6 / median(times),
        "spread": spread(times), "bare_ns": bare,
        "bare_cpu_ns": median([j["result"]["cpu_ns_per_packet"] for j in runs["bare"]]),
        "ratio": ns / bare, "page_cache": capture.cached(),
        "outside_s": median([d.wall_s for d, _ in runs["analyze"]]),
    }


def captures_by_flows(suite):
    for flows in (1_000, 10_000, 100_000, 1_000_000, *suite.pick((), (10_000_000,))):
        packets = suite.packets(5_000_000, 40_000_000 if flows > 1_000_000 else 10_000_000)
        yield "MACsec, 64 octets", dict(packets=packets, flows=flows)


def captures_by_size(suite):
    for size, packets in (("512", 2_000_000), ("imix", 3_000_000), ("1518", 1_000_000)):
        name = "IMIX" if size == "imix" else f"{size} octets"
        yield f"MACsec, {name}", dict(packets=suite.packets(packets // 4, packets), flows=10_000, size=size)


def captures_by_protocol(suite):
    packets = suite.packets(2_000_000, 10_000_000)
    yield "ESP over IPv4, 64 octets", dict(packets=packets, flows=10_000, protocol="ipsec",
                                           ipv6_ratio=0, natt_ratio=0, ah_ratio=0)
    yield "ESP, AH, IPv6, NAT-T, 82 octets", dict(packets=packets, flows=10_000, protocol="ipsec",
                                                  size=82, ipv6_ratio=0.3, natt_ratio=0.1,
                                                  ah_ratio=0.1)
    yield "MACsec in VLAN, 68 octets", dict(packets=packets, flows=10_000, size=68, vlan="random")
    yield "mixed, a fifth not secured, 82 octets", dict(packets=packets, flows=10_000,
                                                        protocol="mixed", size=82)


def measure(suite):
    tables = []
    for name, title, captures in (
            ("flows", "analyze on one core by number of SAs", captures_by_flows),
            ("sizes", "analyze on one core by size of frames", captures_by_size),
            ("protocols", "analyze on one core by what the frames carry", captures_by_protocol)):
        table = Table(name, title, suite.command("sweep"), COLUMNS)
        for what, options in captures(suite):
            rounds = min(suite.rounds, 3) if options["packets"] > 10_000_000 else suite.rounds
            table.rows.append(compare(suite, what, suite.captures.get(**options), rounds))
        tables.append(table)
    return tables
