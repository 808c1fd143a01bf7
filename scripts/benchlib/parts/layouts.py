"""The pipeline in its layouts: without a file or a driver, from the mapped file, from net_pcap."""

from .. import programs
from ..tables import Column, Table, factor, fixed, median, number, percent, short, spread

ABOUT = "rtc and pipeline layouts, fed with generated frames, the mapped file and net_pcap"

LAYOUTS = ("rtc:1", "pipeline:rx=1,parse=1,work=1", "pipeline:rx=1,parse=1,work=2",
           "pipeline:rx=1,parse=2,work=2")

COLUMNS = [
    Column("layout", "layout", left=True),
    Column("feed", "fed with", left=True),
    Column("not_recognised", "not recognised", number),
    Column("ns", "ns/packet", fixed(1)),
    Column("packets_per_s", "packets/s", short),
    Column("spread", "spread", percent),
    Column("of_rx", "of RX-only", factor),
]


def _from_bench(j):
    return j["result"]["seconds"] / j["packets"], j["not_recognised"]


def _from_replay(done):
    report = done[1]
    packets = report["packets"]["offered"]
    return report["timing"]["process_s"] / packets, packets - programs.recognised(report)


def contestants(suite, capture):
    packets = str(capture.packets)
    for layout in LAYOUTS:
        for feed in ("frames", "buffers"):
            yield (layout, "generated " + feed), lambda layout=layout, feed=feed: _from_bench(
                programs.bench("pipeline", "--packets", packets, "--flows", "10000", "--layout",
                               layout, "--feed", feed, "--rounds", "1"))
        for source in ("mapped", "net_pcap"):
            yield (layout, source + " capture"), lambda layout=layout, source=source: _from_replay(
                programs.replay(capture, "--layout", layout, "--source", source))
    for source in ("mapped", "net_pcap"):
        yield ("none: RX-only", source + " capture"), lambda source=source: _from_bench(
            programs.bench("rx", capture.path, "--source", source, "--rounds", "1"))


def measure(suite):
    capture = suite.usual(packets=suite.packets(1_000_000, 5_000_000))
    programs.say(f"layouts: {capture.packets:,} packets each")
    runs = programs.in_turn(min(suite.rounds, 3), dict(contestants(suite, capture)))
    table = Table("layouts", "Layouts, 64-octet MACsec frames of 10,000 SAs",
                  suite.command("layouts"), COLUMNS,
                  notes=["Stages beyond the number of CPUs share them.",
                         "1 × in the last column is all the source delivers."])
    rx = {feed: median([s for s, _ in done]) for (layout, feed), done in runs.items()
          if layout.startswith("none")}
    for (layout, feed), done in runs.items():
        seconds = [s for s, _ in done]
        table.rows.append({"layout": layout, "feed": feed, "packets": capture.packets,
                           "not_recognised": done[0][1], "ns": median(seconds) * 1e9,
                           "packets_per_s": 1 / median(seconds), "spread": spread(seconds),
                           "of_rx": rx[feed] / median(seconds) if feed in rx else None})
    return [table]
