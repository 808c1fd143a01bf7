#!/usr/bin/env python3
"""What a replay answers over HTTP while it runs, against what it and `analyze` report at the end.

serve_live.py LACUNA PCAPGEN
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

LACUNA, PCAPGEN = (os.path.abspath(a) for a in sys.argv[1:3])
LOSSY = "--seed 9 --gap-rate 0.01 --reorder-rate 0.01 --duplicate-rate 0.01 --ipv6-ratio 0.3"
ADDRESS = re.compile(r"listening on (http://\S+)\n")
TOTALS = {"total_flows": "flows", "total_packets_received": "received", "total_bytes": "bytes",
          "total_gaps_detected": "gaps", "total_lost_packets": "lost", "max_gap_size": "max_gap",
          "late": "late", "duplicates": "duplicates", "restarts": "restarts", "rekeys": "rekeys",
          "too_old": "too_old", "before_first": "before_first", "outliers": "outliers"}
GROWS = ("total_flows", "total_packets_received", "total_bytes", "late", "duplicates")
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:800]}")
        FAILED.append(name)


class Replay:
    """A replay with --http, killed at the end of a with block if it has not ended."""

    def __init__(self, *arguments, **more):
        # A file: a report that nobody reads yet must not hold up its writer.
        self.out = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(
            [LACUNA, "replay", *arguments, "--http", "127.0.0.1:0", "--json", "--quiet"],
            stdout=self.out, stderr=subprocess.PIPE, text=True, **more)
        found = ADDRESS.search(self.process.stderr.readline())
        if not found:
            self.process.kill()
            raise RuntimeError("no address: " + self.process.communicate()[1])
        self.url = found[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self.out.close()

    def json(self, path):
        with urllib.request.urlopen(self.url + path, timeout=20) as reply:
            return json.loads(reply.read())

    def report(self):
        err = self.process.communicate(timeout=120)[1]
        if self.process.returncode != 0:
            raise RuntimeError(err)
        self.out.seek(0)
        return json.load(self.out)


def pcapgen(file, packets, flows):
    subprocess.run([PCAPGEN, "--packets", str(packets), "--flows", str(flows), *LOSSY.split(),
                    "--output", file, "--quiet"], check=True)


def analyze(file):
    return json.loads(subprocess.run([LACUNA, "analyze", file, "--json", "--gaps", "--quiet"],
                                     capture_output=True, check=True).stdout)


def all_flows(replay):
    flows, more = [], ""
    while True:
        page = replay.json("/api/v1/flows?limit=150" + more)
        flows += page["flows"]
        if "next" not in page:
            return page["count"], flows
        more = "&after=" + page["next"]


def telemetry(live):
    """What DPDK's socket says; nothing where the run has ended."""
    done = subprocess.run(["dpdk-telemetry.py", "-f", f"lacuna-{live.process.pid}"], text=True,
                          input="/lacuna/summary\n", capture_output=True, check=False, timeout=60)
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines or not lines[-1].startswith("{"):
        return None  # it ended before it answered
    told = json.loads(lines[-1])["/lacuna/summary"]
    return told if told and "totals" in told else None


def other_views(live, report):
    """Prometheus text and DPDK's telemetry socket say the same."""
    with urllib.request.urlopen(live.url + "/metrics", timeout=20) as reply:
        text = reply.read().decode()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    packets = report["packets"]
    check("live: /metrics tells the same", int(figures["lacuna_offered_packets_total"])
          == packets["offered"] and all(
              int(figures[f'lacuna_packets_total{{protocol="{p}"}}']) == packets[p]
              for p in ("macsec", "esp", "ah", "other", "malformed"))
          and sum(int(v) for k, v in figures.items() if k.startswith("lacuna_lost_packets_total{"))
          - int(figures["lacuna_recovered_packets_total"]) + int(figures["lacuna_missing_packets"])
          == report["totals"]["lost"], text[:500])
    told = telemetry(live)
    check("live: dpdk-telemetry.py is told the same", told
          and told["traffic"]["offered"] == packets["offered"]
          and all(told["totals"][name] == report["totals"][name] for name in
                  ("flows", "received", "bytes", "lost", "gaps", "late", "duplicates")), told)


def caught_up(place, layout):
    """All packets are in, but the pipe has not ended: live figures are the report's."""
    print(f"# {layout}", flush=True)
    capture, pipe = place + "/a.pcap", place + "/pipe"
    pcapgen(capture, 60_000, 400)
    report = analyze(capture)
    if not os.path.exists(pipe):
        os.mkfifo(pipe)
    hold = threading.Event()

    def feed():
        with open(pipe, "wb") as out, open(capture, "rb") as source:
            shutil.copyfileobj(source, out)
            out.flush()
            hold.wait(100)

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        with Replay(pipe, "--source", "mapped", "--layout", layout) as live:
            until = time.monotonic() + 60
            while True:
                summary = live.json("/api/v1/stats/summary")
                # Sums over all SAs may be a quarter of a second older than the frame counts.
                if (summary["packets"]["offered"] == report["packets"]["offered"]
                        and summary["total_packets_received"] == report["totals"]["received"]) \
                        or time.monotonic() > until:
                    break
                time.sleep(0.05)
            check("live: the summary is what analyze reports", summary["state"] == "open"
                  and summary["packets"] == report["packets"]
                  and all(summary[mine] == report["totals"][theirs]
                          for mine, theirs in TOTALS.items()), summary)
            other_views(live, report)
            count, flows = all_flows(live)
            known = {f["id"]: f for f in report["flows"]}
            check("live: every SA is listed once", count == len(flows) == len(known)
                  and {f["flow_id"] for f in flows} == set(known), (count, len(flows)))
            wrong = [f["flow_id"] for f in flows
                     if (f["packets_received"], f["total_lost_packets"], f["gaps_detected"],
                         f["last_sequence"], f["late"], f["duplicates"])
                     != tuple(known[f["flow_id"]][k] for k in
                              ("received", "lost", "gaps", "highest_ext", "late", "duplicates"))]
            check("live: with the figures analyze reports", not wrong, wrong[:5])
            tail = live.json(f"/api/v1/flows?limit=1000&offset={len(flows) - 7}")["flows"]
            check("live: an offset passes over rows", tail == flows[-7:])
            low = sorted(f["total_bytes"] for f in flows)[200]
            page = live.json(f"/api/v1/flows?min_bytes={low}&limit=5")
            check("live: a filter counts all it lets through", page["count"]
                  == sum(f["total_bytes"] >= low for f in flows) and len(page["flows"]) == 5)
            gaps, partial, details = [], 0, []
            for sa in known:
                page = live.json(f"/api/v1/flows/{sa}/gaps?limit=1000")
                partial += not page["complete"]
                gaps += [(g["flow_id"], g["expected_sequence"], g["received_sequence"],
                          g["timestamp"]) for g in page["gaps"]]
                one = live.json(f"/api/v1/flows/{sa}")
                sizes = [g["gap_size"] for g in page["gaps"]]
                if one["report"] != known[sa] or one["min_gap"] != min(sizes, default=0):
                    details.append(sa)
            check("live: each SA by itself", not details, details[:3])
            wanted = [(g["flow_id"], g["first_missing"], g["next"], g["time"])
                      for g in report["gaps"]]
            check(f"live: all {len(wanted)} gaps", partial == 0 and sorted(gaps) == sorted(wanted),
                  (partial, len(gaps)))
            hold.set()
            final = live.report()
            check("live: and so does the replay itself", final["totals"] == report["totals"])
    finally:
        hold.set()
        feeder.join()


def query(db, *what):
    done = subprocess.run([LACUNA, "query", "--db", db, *what, "--json"], capture_output=True,
                          check=False, timeout=60)
    return json.loads(done.stdout) if done.returncode == 0 else None


def watch(capture, db, pace):
    """What query, server and telemetry tell while a replay is paced, and its report."""
    with Replay(capture, "--mode", "fixed", "--pps", str(pace), "--db", db) as live:
        views = []
        while live.process.poll() is None:
            try:
                # In this order no one is asked about an earlier moment than the one before: the
                # server's sums may be a quarter of a second old, the store's are as they were put.
                stored = query(db, "summary")
                time.sleep(0.25)
                views.append((stored, live.json("/api/v1/stats/summary"), telemetry(live)))
            except OSError:
                break  # it has ended
        return views, live.report()


def growing(capture, report, place):
    """A paced replay, stored meanwhile: figures grow, and end as the report's, whoever is asked."""
    for pace in (200_000, 50_000, 12_500):  # a busy machine asks seldom
        db = f"{place}/db-{pace}"
        views, final = watch(capture, db, pace)
        if len(views) > 5:
            break
    seen = [curl for _, curl, _ in views]
    check("paced: figures were seen growing", len(seen) > 5
          and seen[0]["total_packets_received"] < seen[-1]["total_packets_received"], len(seen))
    falls = [name for name in GROWS for a, b in zip(seen, seen[1:]) if b[name] < a[name]]
    check("paced: and never falling", not falls, falls)
    beyond = [name for name in GROWS for s in seen if s[name] > final["totals"][TOTALS.get(name, name)]]
    check("paced: nor beyond the end", not beyond, beyond)
    check("paced: the report is that of analyze", final["totals"] == report["totals"]
          and final["packets"] == report["packets"], final["packets"])
    received = [(stored and stored["totals"]["received"], curl["total_packets_received"],
                 told and told["totals"]["received"]) for stored, curl, told in views]
    for who, at in (("lacuna query", 0), ("dpdk-telemetry.py", 2)):
        column = [row[at] for row in received if row[at]]
        check(f"paced: {who} sees them grow as well", len(set(column)) > 2
              and column == sorted(column), received)
    wrong = [row for row in received if (row[0] or 0) > row[1] or row[1] > (row[2] or row[1])]
    check("paced: the one that is asked later is never behind", not wrong, wrong[:3])
    last = query(db, "summary")
    check("paced: and the store's", all(last["totals"][name] == value for name, value in
                                        report["totals"].items() if name in last["totals"])
          and last["packets"] == report["packets"], last)


def under_load(capture, report):
    """64 clients that never stop asking, while packets flow."""
    wrk = shutil.which("wrk")
    if not wrk:
        check("wrk is installed", False, "apt install wrk")
        return
    for path in ("/api/v1/stats/summary", "/api/v1/flows?limit=100"):
        with Replay(capture, "--mode", "fixed", "--pps", "200000") as live:
            done = subprocess.run([wrk, "-c", "64", "-t", "1", "-d", "3s", "--latency",
                                   "--timeout", "10s", live.url + path],
                                  capture_output=True, text=True, check=False, timeout=60)
            meanwhile = live.process.poll() is None
            final = live.report()
        requests = int(re.search(r"(\d+) requests in", done.stdout)[1])
        p99 = re.search(r"99%\s+(\S+)", done.stdout)[1]
        rate = re.search(r"Requests/sec:\s+(\S+)", done.stdout)[1]
        print(f"# {path}: {rate} requests/s, p99 {p99}; replay "
              f"{final['timing']['packets_per_s']:.0f} packets/s", flush=True)
        errors = [line for line in done.stdout.splitlines()
                  if "Socket errors" in line or "Non-2xx" in line]
        check(f"load: {path}: no error", requests > 0 and not errors and meanwhile,
              (errors, done.stdout, meanwhile))
        check(f"load: {path}: no packet lost", final["packets"]["dropped"] == 0
              and final["packets"]["offered"] == report["packets"]["offered"]
              and final["totals"] == report["totals"], final["packets"])


def refused(name, status, *arguments):
    done = subprocess.run([LACUNA, "replay", *arguments], capture_output=True, text=True,
                          check=False, timeout=60)
    check(name, done.returncode == status and done.stdout == ""
          and done.stderr.splitlines()[-1].startswith("lacuna: "), (done.returncode, done.stderr))


def main():
    with tempfile.TemporaryDirectory() as place:
        for layout in ("pipeline:rx=1,parse=1,work=2", "rtc:1"):
            caught_up(place, layout)
        capture = place + "/long.pcap"
        pcapgen(capture, 1_200_000, 2_000)
        report = analyze(capture)
        growing(capture, report, place)
        under_load(capture, report)
        refused("others may not ask without a token", 2, capture, "--http", "0.0.0.0:0")
        refused("an address that is none", 2, capture, "--http", "localhost")
        refused("a token without a server", 2, capture, "--token-file", capture)
    print(f"{len(FAILED)} failed")
    sys.exit(1 if FAILED else 0)


main()
