"""Goal and figure side by side, each a ratio taken in one run where it can be."""

import shutil

from .. import programs
from ..tables import Column, Table, median, spread, text
from . import storing

ABOUT = "goal and figure side by side"

COLUMNS = [
    Column("path", "path", left=True),
    Column("goal", "goal", left=True),
    Column("figure", "figure", left=True),
    Column("verdict", "", left=True),
    Column("range", "lowest – highest", left=True),
    Column("basis", "measured on", left=True),
]

TSHARK = ("tshark", "-n", "-o", "esp.do_esp_sequence_analysis:TRUE", "-Y",
          "esp.sequence-analysis.expected-sn", "-T", "fields", "-e", "esp.spi", "-r")


def row(path, goal, values, unit, basis, met, digits=1):
    """`values`: of all rounds; the figure is their median."""
    middle = median(values)
    return {"path": path, "goal": goal, "value": middle, "unit": unit,
            "figure": f"{middle:,.{digits}f} {unit}", "verdict": "met" if met(middle) else "short",
            "range": f"{min(values):,.{digits}f} – {max(values):,.{digits}f}",
            "spread": spread(values), "basis": basis}


def counted(report):
    known = programs.recognised(report)
    return (f"{report['packets']['offered']:,} frames, "
            f"{report['packets']['offered'] - known:,} not recognised")


def analyze_rows(suite):
    usual = suite.packets(5_000_000, 10_000_000)
    rows = ((10_000, usual, 12), (1_000_000, usual, 25),
            *suite.pick((), ((10_000_000, 4 * usual, 60),)))
    for flows, packets, goal in rows:
        programs.say(f"goals: analyze, {flows:,} SAs")
        capture = suite.captures.get(packets=packets, flows=flows)
        rounds = min(suite.rounds, 3) if packets > 10_000_000 else suite.rounds
        runs = programs.in_turn(rounds, {
            "analyze": lambda c=capture: programs.analyze_twice(c),
            "bare": lambda c=capture: programs.bench("bare", c.path),
        })
        ns = [r["timing"]["process_s"] * 1e9 / packets for _, r, _ in runs["analyze"]]
        first = [r["timing"]["process_s"] * 1e9 / packets for _, _, (_, r) in runs["analyze"]]
        bare = [j["result"]["ns_per_packet"] for j in runs["bare"]]
        cpu = [d.cpu_s * 1e9 / packets for d, _, _ in runs["analyze"]]
        basis = (f"{capture.flows:,} SAs, {counted(runs['analyze'][0][1])}, "
                 f"{capture.cached():.0%} in page cache")
        yield row(f"`analyze`, 64 octets, {flows:,} SAs, one core", f"≤ {goal} ns/packet", ns,
                  "ns/packet", f"{basis}; {1e3 / median(ns):.1f} M packets/s; "
                  f"CPU time {median(cpu):.1f} ns; the run before each {median(first):.1f} ns",
                  lambda v, g=goal: v <= g)
        if flows == 10_000:
            yield row("the same against the bare loop", "≤ 2 ×",
                      [a / b for a, b in zip(ns, bare)], "×",
                      f"bare loop, third pass: {median(bare):.1f} ns/packet",
                      lambda v: v <= 2, digits=2)
        else:
            yield {**row("the same against the bare loop", "–", [a / b for a, b in zip(ns, bare)],
                         "×", f"bare loop, third pass: {median(bare):.1f} ns/packet",
                         lambda v: True, digits=2), "verdict": ""}


def replay_rows(suite):
    programs.say("goals: replay against RX-only")
    capture = suite.usual(packets=suite.packets(1_000_000, 10_000_000))
    runs = programs.in_turn(suite.rounds, {
        "replay": lambda: programs.replay(capture),
        "rx": lambda: programs.bench("rx", capture.path, "--rounds", "1"),
    })
    replay = [r["timing"]["process_s"] for _, r in runs["replay"]]
    rx = [j["result"]["seconds"] for j in runs["rx"]]
    report = runs["replay"][0][1]
    yield row("`replay` through net_pcap", "≥ 0.95 × RX-only", [b / a for a, b in zip(replay, rx)],
              "×", f"{counted(report)}, layout {report['layout']['name']}; replay "
              f"{capture.packets / median(replay) / 1e6:.1f} M packets/s, RX-only "
              f"{capture.packets / median(rx) / 1e6:.1f} M", lambda v: v >= 0.95, digits=2)


def tshark_row(suite):
    if not shutil.which("tshark"):
        return
    programs.say("goals: tshark")
    capture = suite.captures.get(packets=suite.packets(100_000, 1_000_000), flows=1000,
                                 protocol="ipsec", ipv6_ratio=0, natt_ratio=0, ah_ratio=0,
                                 gap_rate=0.001)
    runs = programs.in_turn(min(suite.rounds, 3), {
        "analyze": lambda: programs.analyze(capture),
        "tshark": lambda: programs.run(*TSHARK, capture.path),
    })
    ours = [done.wall_s for done, _ in runs["analyze"]]
    theirs = [done.wall_s for done in runs["tshark"]]
    yield row("against `tshark` sequence analysis", "≥ 100 ×",
              [b / a for a, b in zip(ours, theirs)], "×",
              f"{counted(runs['analyze'][0][1])}, whole processes: analyze {median(ours):.3f} s, "
              f"tshark {median(theirs):.1f} s", lambda v: v >= 100, digits=0)


def small_rows(suite):
    programs.say("goals: whole processes of 1,000 packets")
    capture = suite.captures.get(packets=1000, flows=100)
    runs = programs.in_turn(suite.pick(5, 15), {"analyze": lambda: programs.analyze(capture),
                                                "replay": lambda: programs.replay(capture)})
    for program, limit in (("analyze", 20), ("replay", 400)):
        yield row(f"whole process, 1,000 packets, `{program}`", f"≤ {limit} ms",
                  [done.wall_s * 1e3 for done, _ in runs[program]], "ms",
                  counted(runs[program][0][1]), lambda v, g=limit: v <= g)


def memory_rows(suite):
    programs.say("goals: memory")
    packets = suite.packets(2_000_000, 10_000_000)

    def peak(packets, flows, **options):
        capture = suite.captures.get(packets=packets, flows=flows, **options)
        return programs.analyze(capture)[0].peak_kib * 1024, capture.flows

    one, _ = peak(packets, 1)
    many, flows = peak(packets, 500_000)
    yield row("memory of an SA without anomaly", "≤ 192 octets", [(many - one) / flows], "octets",
              f"largest resident set, {flows:,} SAs against one", lambda v: v <= 192, digits=0)
    # Memory comes in pages of 2 MiB: so many SAs that their records fill each of theirs.
    whole = 50 * 2**11
    clean, _ = peak(packets, whole)
    lossy, flows = peak(packets, whole, gap_rate=0.2)
    yield row("and of its record after the first one", "≤ 1,024 octets",
              [(lossy - clean) / flows], "octets",
              f"largest resident set, {flows:,} SAs all with loss against none",
              lambda v: v <= 1024, digits=0)
    # Both beyond what the reader keeps of a file in memory.
    small, _ = peak(packets // 2, 1000, gap_rate=0.01)
    large, _ = peak(packets * 2, 1000, gap_rate=0.01)
    yield row("and over four times the input", "constant", [large / small], "×",
              f"largest resident set, {small / 2**20:.1f} MiB for {packets // 2:,} packets, "
              f"{large / 2**20:.1f} MiB for {packets * 2:,}", lambda v: v <= 1.02, digits=3)


def storing_rows(suite):
    for name, packets in (("analyze", storing.long_capture(suite)),
                          ("replay", suite.packets(2_000_000, 10_000_000))):
        r = storing.compare(suite, name, 1e-4, packets)
        yield {**row(f"storing on, loss rate 10⁻⁴, `{name}`", "≤ 5 % slower", [r["cost"] * 100],
                     "%", f"{r['packets']:,} frames, {r['not_recognised']:,} not recognised, whole "
                     f"process {r['off_s']:.3f} s off, {r['on_s']:.3f} s on ({r['cost_ms']:.0f} ms "
                     f"more); process_s {r['process_cost'] * 100:+.1f} %", lambda v: v <= 5),
               "range": f"spread {r['on_spread']:.0%}"}


def measure(suite):
    table = Table("goals", "Goals", suite.command("goals"), COLUMNS)
    for part in (analyze_rows, replay_rows, tshark_row, small_rows, memory_rows, storing_rows):
        table.rows += list(part(suite))
    for r in table.rows:
        r["verdict"] = text(r["verdict"])
    return [table]
