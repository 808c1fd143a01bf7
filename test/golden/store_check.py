#!/usr/bin/env python3
"""A store while a run lives, after its writer was killed, and over time.

store_check.py LACUNA PCAPGEN
Killed at random moments, a writer leaves what anybody had seen of it; time series, events and
exports agree with the report; old runs go.
"""

import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time

LACUNA, PCAPGEN = (os.path.abspath(a) for a in sys.argv[1:3])
SEED = int(os.environ.get("LACUNA_SEED", random.randrange(1 << 32)))
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:600]}")
        FAILED.append(name)


def run(*arguments, **more):
    return subprocess.run([LACUNA, *arguments], capture_output=True, check=False, timeout=120,
                          text=True, **more)


def query(db, *arguments):
    done = run("query", "--db", db, *arguments)
    if done.returncode != 0 or done.stderr:
        raise RuntimeError(f"query {arguments}: {done}")
    return done.stdout


def query_json(db, *arguments):
    return json.loads(query(db, *arguments, "--json"))


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def write_capture(path, options):
    subprocess.run([PCAPGEN, *options.split(), "--output", path, "--quiet"], check=True)


def analyze(db, capture, *more):
    done = run("analyze", "--json", "--db", db, capture, *more)
    if done.returncode != 0:
        raise RuntimeError(done)
    return json.loads(done.stdout), done.stderr


class Writer:
    """A lacuna that reads a pipe, fed a few packets at a time for as long as it lives."""

    def __init__(self, db, octets):
        self.process = subprocess.Popen(
            [LACUNA, "analyze", "--json", "--quiet", "--db", db, "--spill-interval", "100ms", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.octets = octets
        self.at = 0

    def feed(self, size):
        self.process.stdin.write(self.octets[self.at:self.at + size])
        self.process.stdin.flush()
        self.at += size

    def kill(self):
        self.process.kill()
        self.process.stderr.close()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()


def check_killed(directory):
    capture = os.path.join(directory, "slow.pcap")
    write_capture(capture, "--packets 400000 --flows 50 --gap-rate 0.05 --seed 9")
    with open(capture, "rb") as file:
        octets = file.read()
    db = os.path.join(directory, "killed")
    moments = random.Random(SEED)
    for number in range(1, 5):
        writer = Writer(db, octets)
        seen, gaps, flows = 0, 0, {}
        while (seen == 0 or moments.random() < 0.8) and writer.at < len(octets):
            writer.feed(200_000)
            done = run("query", "--db", db, "--run", str(number), "summary", "--json")
            if done.returncode == 0:
                summary = json.loads(done.stdout)
                check_live(summary, seen)
                seen = summary["packets"]["offered"]
                gaps = query_json(db, "--run", str(number), "gaps")["count"]
                flows = {f["id"]: f["received"] for f in
                         query_json(db, "--run", str(number), "flows")["flows"]}
        writer.kill()
        check(f"killed {number}: the totals seen before are there",
              query_json(db, "--run", str(number), "summary")["packets"]["offered"] >= seen > 0)
        check(f"killed {number}: so are the gaps",
              query_json(db, "--run", str(number), "gaps")["count"] >= gaps > 0)
        after = {f["id"]: f["received"] for f in
                 query_json(db, "--run", str(number), "flows")["flows"]}
        check(f"killed {number}: so are the SAs, no packet twice",
              flows.keys() <= after.keys() and all(after[i] >= n for i, n in flows.items())
              and sum(after.values()) <= 400_000, after)
    runs = query_json(db, "runs")["runs"]
    check("those before the last are marked as crashed, with the time of their last record",
          [r["state"] for r in runs] == ["crashed"] * 3 + ["open"]
          and all(r["ended"] == r["written"] for r in runs[:3]), runs)
    small = os.path.join(directory, "small.pcap")
    write_capture(small, "--packets 1000 --flows 5 --seed 2")
    _, said = analyze(db, small)
    check("the next writer says so in one line", said.count("\n") == 1
          and said.startswith("lacuna: ") and "run 4 did not end" in said, said)
    check("and the store is sound", [r["state"] for r in query_json(db, "runs")["runs"]]
          == ["crashed"] * 4 + ["ended"])
    _, said = analyze(db, small)
    check("it says so once", said == "", said)


def check_quiet(directory):
    """A pipe that stops in the middle of a record, but does not end."""
    capture = os.path.join(directory, "slow.pcap")
    with open(capture, "rb") as file:
        octets = file.read()
    db = os.path.join(directory, "quiet")
    writer = Writer(db, octets)
    writer.feed(500_001)
    deadline = time.monotonic() + 60
    received, rows = 0, -1
    while received != rows and time.monotonic() < deadline:
        time.sleep(0.05)
        done = run("query", "--db", db, "summary", "--json")
        if done.returncode != 0:
            continue
        received = json.loads(done.stdout)["totals"]["received"]
        rows = sum(f["received"] for f in query_json(db, "flows")["flows"]) or -1
    writer.kill()
    check("a quiet pipe: what it brought is stored meanwhile, totals and SAs", received == rows > 0,
          (received, rows))


def check_live(summary, before):
    packets = summary["packets"]
    good = (packets["offered"] >= before and packets["offered"]
            == sum(n for name, n in packets.items() if name != "offered"))
    if not good:
        check("totals of a living run grow, and sum up", False, summary)


def check_series(directory):
    """Ten minutes of packet time."""
    capture = os.path.join(directory, "long.pcap")
    write_capture(capture, "--packets 60000 --flows 6 --gap-rate 0.02 --reorder-rate 0.01 "
                  "--duplicate-rate 0.01 --restart-rate 0.0005 --pps 100 --seed 4")
    db = os.path.join(directory, "series")
    report, _ = analyze(db, capture)
    flow = max(report["flows"], key=lambda f: f["received"])
    for level, seconds in (("10s", 10), ("1m", 60), ("1h", 3600)):
        answer = query_json(db, "timeline", flow["id"], "--level", level)
        points = answer["points"]
        check(f"series {level}: its intervals", answer["count"] == len(points) > 0
              and all(p["length_s"] == seconds for p in points)
              and [p["start"] for p in points] == sorted({p["start"] for p in points}), points[:3])
        for field in ("received", "bytes", "lost", "late", "duplicates", "too_old"):
            check(f"series {level}: {field} sum up to the report's",
                  sum(p[field] for p in points) == flow[field],
                  (sum(p[field] for p in points), flow[field]))
        table = rows_of(query(db, "timeline", flow["id"], "--level", level, "--csv"))
        check(f"series {level}: CSV says the same",
              [(p["start"], p["received"]) for p in points]
              == [(r["start"], int(r["received"])) for r in table])
    fine = query_json(db, "timeline", flow["id"])["points"]
    check("series: most of ten minutes", 50 <= len(fine) <= 62, len(fine))
    cut = query_json(db, "timeline", flow["id"], "--since", fine[10]["start"], "--until",
                     fine[20]["start"])["points"]
    check("series: a span is part of all", cut == fine[10:20], cut[:2])
    last = query_json(db, "timeline", flow["id"], "--since", "1m")["points"]
    check("series: relative to the latest packet", last == fine[-len(last):] and 6 <= len(last) <= 7,
          len(last))
    check("series: the latest few", query_json(db, "timeline", flow["id"], "--limit", "3")["points"]
          == fine[-3:])
    check("series: a table", len(query(db, "timeline", flow["id"]).splitlines()) == len(fine) + 1)
    check_events(db, report)
    check_top(db, report)
    check_export(db, report, fine, flow["id"])


def check_events(db, report):
    events = query_json(db, "events")["events"]
    wanted = sorted((e["time"], e["flow_id"], e["kind"]) for e in report["events"])
    undone = {(e["flow_id"], e["instance"]) for e in events if e["kind"] == "restart_undone"}
    have = sorted((e["time"], e["flow_id"], e["kind"]) for e in events
                  if e["kind"] != "restart_undone"
                  and (e["kind"] != "restart" or (e["flow_id"], e["instance"]) not in undone))
    check("events are the report's", undone or have == wanted > [], (have[:3], wanted[:3]))
    since = events[len(events) // 2]["time"]
    check("events: a span", query_json(db, "events", "--since", since)["events"]
          == [e for e in events if e["time"] >= since])
    check("events: of one SA", all(e["flow_id"] == events[0]["flow_id"] for e in
                                   query_json(db, "events", events[0]["flow_id"])["events"]))
    check("events: CSV and table have as many",
          len(rows_of(query(db, "events", "--csv"))) == len(events)
          == len(query(db, "events").splitlines()))


def check_top(db, report):
    for figure in ("lost", "late", "duplicates", "bytes"):
        top = query_json(db, "top", "--by", figure, "--limit", "5")
        wanted = sorted((f[figure] for f in report["flows"]), reverse=True)[:5]
        check(f"top by {figure}", [f[figure] for f in top["flows"]] == wanted
              and top["count"] == len(report["flows"]), wanted)


def check_export(db, report, fine, flow_id):
    lines = [json.loads(line) for line in query(db, "export").splitlines()]
    check("export: all SAs", sorted(f["id"] for f in lines)
          == sorted(f["id"] for f in report["flows"]))
    points = [json.loads(line) for line in query(db, "export", "timeline").splitlines()]
    check("export: all points", [p["point"] for p in points if p["flow_id"] == flow_id] == fine
          and sum(p["point"]["received"] for p in points) == report["totals"]["received"])
    gaps = rows_of(query(db, "export", "gaps", "--csv"))
    check("export: all gaps", sum(int(g["size"]) for g in gaps) == report["totals"]["lost"])
    check("export: events", len(query(db, "export", "events").splitlines())
          == query_json(db, "events")["count"])


def check_refusals(directory):
    db = os.path.join(directory, "series")
    for name, arguments in {
            "a level": ("query", "--db", db, "timeline", "esp-00000001-192.0.2.1", "--level", "2m"),
            "a time": ("query", "--db", db, "events", "--since", "yesterday"),
            "a span": ("query", "--db", db, "events", "--since", "1m", "--until", "2m"),
            "a figure": ("query", "--db", db, "top", "--by", "beauty"),
            "an export": ("query", "--db", db, "export", "all"),
            "an SA": ("query", "--db", db, "timeline", "esp-00000001-192.0.2.1"),
            "retain": ("analyze", "--db", db, "--retain", "soon", "x.pcap"),
            "a size": ("analyze", "--db", db, "--max-db-size", "1", "x.pcap"),
            "without a store": ("analyze", "--retain", "30d", "x.pcap")}.items():
        done = run(*arguments)
        check(f"refused: {name}", done.returncode == 2 and done.stdout == ""
              and done.stderr.count("\n") == 1, done)


def check_limits(directory):
    capture = os.path.join(directory, "many.pcap")
    write_capture(capture, "--packets 600000 --flows 4000 --gap-rate 0.4 --gap-size 1 --seed 6")
    db = os.path.join(directory, "limited")
    said = "".join(analyze(db, capture, "--max-db-size", "16M")[1] for _ in range(5))
    size = sum(e.stat().st_size for e in os.scandir(db))
    runs = query_json(db, "runs")["runs"]
    check("limits: the store keeps to its size", size < 20 << 20, size)
    check("limits: the oldest runs went, the last one is there",
          1 <= len(runs) < 5 and runs[-1]["run"] == 5, runs)
    check("limits: what went is said", "removed from the store" in said, said)
    check("limits: the last run is whole", query_json(db, "flows")["count"] == 4000)
    for _ in range(2):
        analyze(db, capture)
    done = run("run", "--vdev", f"net_pcap0,rx_pcap={capture}", "--db", db, "--max-db-size", "16M",
               "--retain", "1d", "--duration", "3s")
    size = sum(e.stat().st_size for e in os.scandir(db))
    check("limits: a live run keeps to them too", done.returncode == 0 and size < 20 << 20
          and "removed from the store" in done.stderr, (size, done.stderr))


def main():
    print(f"seed of the moments: LACUNA_SEED={SEED}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        check_killed(directory)
        check_quiet(directory)
        check_series(directory)
        check_refusals(directory)
        check_limits(directory)
    print(f"{len(FAILED)} failed" if FAILED else f"all as it should be, "
          f"{time.monotonic() - began:.0f} s")
    sys.exit(1 if FAILED else 0)


main()
