#!/usr/bin/env python3
"""What `lacuna query` says of a store equals what the run that wrote it reported.

query_check.py LACUNA PCAPGEN
Also: what cannot be answered, a store being written, a writer killed, a full disk.
"""

import csv
import io
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

LACUNA, PCAPGEN = (os.path.abspath(a) for a in sys.argv[1:3])
LOSSY = ("--packets 60000 --flows 8 --seed 5 --gap-rate 0.02 --reorder-rate 0.03 "
         "--duplicate-rate 0.02 --restart-rate 0.0005 --ipv6-ratio 0.3")
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:600]}")
        FAILED.append(name)


def run(*arguments, **more):
    return subprocess.run([LACUNA, *arguments], capture_output=True, check=False, timeout=120,
                          **more)


def told(done):
    return f"status {done.returncode}, stderr {done.stderr!r}, stdout {done.stdout[:200]!r}"


def query(db, *arguments):
    done = run("query", "--db", db, *arguments)
    if done.returncode != 0 or done.stderr:
        raise RuntimeError(f"query {arguments}: {told(done)}")
    return done.stdout.decode()


def query_json(db, *arguments):
    return json.loads(query(db, *arguments, "--json"))


def query_csv(db, *arguments):
    return list(csv.DictReader(io.StringIO(query(db, *arguments, "--csv"), newline="")))


def refused(name, status, *arguments, says=(), **more):
    """One line that says what is wrong, nothing else."""
    done = run(*arguments, **more)
    line = done.stderr.decode()
    clear = (done.returncode == status and done.stdout == b"" and line.startswith("lacuna: ")
             and line.count("\n") == 1 and line.endswith("\n") and all(s in line for s in says))
    check("refused: " + name, clear, told(done))


def write_capture(path, options):
    subprocess.run([PCAPGEN, *options.split(), "--output", path, "--quiet"], check=True)


def analyze(capture, db, *more):
    done = run("analyze", "--json", "--gaps", "--db", db, capture, *more)
    if done.returncode != 0:
        raise RuntimeError(told(done))
    return json.loads(done.stdout)


def by_id(flows):
    return sorted(flows, key=lambda f: (f["id"], f["first_time"]))


def gap_key(gap):
    return (gap["time"], gap["flow_id"], gap["first_missing"])


def compare(name, db, report, *choice):
    """Every view of the store against the report."""
    summary = query_json(db, "summary", *choice)
    for part in ("totals", "packets", "other", "bytes"):
        check(f"{name}: {part} of the summary", summary[part] == report[part],
              f"{summary[part]} instead of {report[part]}")
    check(f"{name}: the run has ended", summary["state"] == "ended" and summary["ended"], summary)
    numbers = query_csv(db, "summary", *choice)
    check(f"{name}: totals as CSV",
          [{n: int(v) for n, v in numbers[0].items()}]
          == [{n: report["totals"][n] for n in numbers[0]}], numbers)
    text = query(db, "summary", *choice)
    check(f"{name}: totals for people", f"{report['totals']['lost']:,}" in text, text)

    flows = query_json(db, "flows", *choice)
    check(f"{name}: flows", by_id(flows["flows"]) == by_id(report["flows"])
          and flows["count"] == len(report["flows"]), flows["count"])
    check(f"{name}: the worst flow first", [f["lost"] for f in flows["flows"]]
          == sorted((f["lost"] for f in report["flows"]), reverse=True))
    lines = query_csv(db, "flows", *choice)
    check(f"{name}: flows as CSV", {(r["id"], int(r["lost"])) for r in lines}
          == {(f["id"], f["lost"]) for f in report["flows"]})
    # Ids are a column of their own where there is room.
    text = run("query", "--db", db, "flows", *choice,
               env={**os.environ, "COLUMNS": "400"}).stdout.decode()
    check(f"{name}: flows for people", text.count("\n") >= 1 + len(lines)
          and all(r["id"] in text for r in lines), text)
    top = query_json(db, "flows", "--top", "3", *choice)
    check(f"{name}: the 3 worst", top["flows"] == flows["flows"][:3]
          and top["count"] == flows["count"], top)

    gaps = query_json(db, "gaps", *choice)
    check(f"{name}: gaps", sorted(gaps["gaps"], key=gap_key) == sorted(report["gaps"], key=gap_key)
          and gaps["count"] == len(report["gaps"]), f"{gaps['count']} of {len(report['gaps'])}")
    times = [g["time"] for g in gaps["gaps"]]
    check(f"{name}: gaps by time", times == sorted(times))
    check(f"{name}: gaps add up to what is lost",
          sum(g["size"] for g in gaps["gaps"]) == report["totals"]["lost"])
    lines = query_csv(db, "gaps", *choice)
    check(f"{name}: gaps as CSV", [(r["flow_id"], int(r["first_missing"]), int(r["next"]))
                                   for r in lines]
          == [(g["flow_id"], g["first_missing"], g["next"]) for g in gaps["gaps"]])
    check(f"{name}: gaps are all there", gaps["complete"] and not gaps["gaps_cut"])
    few = query_json(db, "gaps", "--limit", "7", *choice)
    check(f"{name}: a cut list of gaps says so", few["gaps_cut"] and few["complete"])
    check(f"{name}: the first 7 gaps", few["gaps"] == gaps["gaps"][:7]
          and few["count"] == gaps["count"], few)
    text = query(db, "gaps", *choice)
    check(f"{name}: gaps for people", text.count("\n") == 1 + gaps["count"])

    for flow in (report["flows"][0], report["flows"][-1]):
        one = query_json(db, "flow", flow["id"], *choice)
        check(f"{name}: flow {flow['id']}", one["flows"] == [flow], one)
        check(f"{name}: flow {flow['id']} for people",
              flow["id"] in query(db, "flow", flow["id"], *choice))
        its = query_json(db, "gaps", flow["id"], *choice)["gaps"]
        check(f"{name}: gaps of {flow['id']}", its == [g for g in gaps["gaps"]
                                                       if g["flow_id"] == flow["id"]]
              and sum(g["size"] for g in its) == flow["lost"], its)


def check_names(directory, db, report):
    """The beginning of an id, whatever its case, or a name; what several are called is refused."""
    ids = [f["id"] for f in report["flows"]]
    wanted = ids[0]
    short = next(wanted[:n] for n in range(1, len(wanted) + 1)
                 if sum(i.startswith(wanted[:n]) for i in ids) == 1)
    for text in (short, short.upper(), wanted.upper()):
        check(f"flow {text} is {wanted}",
              [f["id"] for f in query_json(db, "flow", text)["flows"]] == [wanted])
    check("gaps of the beginning of an id",
          query_json(db, "gaps", short) == query_json(db, "gaps", wanted))
    refused("a beginning of several", 2, "query", "--db", db, "flow", ids[0][:1] if
            sum(i.startswith(ids[0][:1]) for i in ids) > 1 else "", says=["SA"])
    names = os.path.join(directory, "names.toml")
    with open(names, "w", encoding="utf-8") as file:
        for table, prefix in (("spi", "esp-"), ("sci", "macsec-")):
            file.write(f"[{table}]\n")
            named = [i for i in ids if i.startswith(prefix)][:1]
            file.writelines(f'"{i.split("-")[1]}" = "the {table}"\n' for i in named)
    known = {f["id"]: f.get("name") for f in
             query_json(db, "flows", "--names", names)["flows"]}
    named = [i for i in ids if known[i]]
    check("names are beside the ids", named and set(known) == set(ids), known)
    for one in named:
        if list(known.values()).count(known[one]) == 1:
            flow = query_json(db, "flow", known[one], "--names", names)["flows"]
            check(f"flow '{known[one]}'", [f["id"] for f in flow] == [one], flow)
    found = query_json(db, "flows", "--names", names, "--filter",
                       'name "the spi" or name "the sci"')["flows"]
    check("a filter by name", {f["id"] for f in found} == set(named), found)
    refused("a name nobody has", 2, "query", "--db", db, "flows", "--names", names, "--filter",
            "lost > 0 and name rome", says=["column 19", "rome"])
    tunnels = query_json(db, "tunnels", "--names", names)["tunnels"]
    check("each flow says its tunnel", {t["id"] for t in tunnels}
          == {f["tunnel"] for f in query_json(db, "flows")["flows"]})
    one = tunnels[0]["id"]
    check("a filter by tunnel", {f["id"] for f in query_json(
        db, "flows", "--filter", f"tunnel {one}")["flows"]}
          == {f["id"] for f in query_json(db, "flows")["flows"] if f["tunnel"] == one})
    check("a tunnel in upper case",
          [t["id"] for t in query_json(db, "tunnel", one.upper())["tunnels"]] == [one])
    page = query(db, "tunnel", one)
    check("a tunnel for people", page.startswith(one) and "Loss: " in page and "{" not in page
          and f"{tunnels[0]['received']:,}" in page, page)


def check_runs(directory):
    db = os.path.join(directory, "runs")
    first, second = (os.path.join(directory, name) for name in ("a.pcap", "b.pcap"))
    write_capture(first, LOSSY)
    write_capture(second, LOSSY.replace("--seed 5", "--seed 6 --outlier-rate 0.001"))
    one = analyze(first, db)
    check("the capture is lossy", all(one["totals"][n] > 0 for n in
                                      ("lost", "late", "duplicates", "restarts")), one["totals"])
    compare("run 1", db, one)
    check_names(directory, db, one)
    # Rows leave the table; their summaries are in the store all the same.
    two = analyze(second, db)
    runs = query_json(db, "runs")
    check("two runs", runs["count"] == 2 and [r["run"] for r in runs["runs"]] == [1, 2]
          and [r["input"] for r in runs["runs"]] == [[first], [second]], runs)
    check("two runs as CSV", [r["run"] for r in query_csv(db, "runs")] == ["1", "2"])
    check("two runs for people", query(db, "runs").count("\n") == 3)
    compare("run 2", db, two, "--run", "2")
    compare("the latest run", db, two)
    compare("run 1 again", db, one, "--run", "1")


def check_eviction(directory):
    db = os.path.join(directory, "evicted")
    capture = os.path.join(directory, "e.pcap")
    write_capture(capture, LOSSY.replace("--flows 8", "--flows 40"))
    done = run("analyze", "--json", "--gaps", "--db", db, "--max-flows", "8", capture)
    report = json.loads(done.stdout)
    check("rows were pushed out", report["table"]["evicted_full"] > 0, report["table"])
    flows = query_json(db, "flows")["flows"]
    names = ("received", "bytes", "lost", "gaps", "duplicates", "late", "too_old", "before_first")
    sums = {n: sum(f[n] for f in flows) for n in names}
    check("rows that were pushed out are stored", sums == {n: report["totals"][n] for n in names},
          f"{sums} instead of {report['totals']}")
    check("their gaps too", sum(g["size"] for g in query_json(db, "gaps")["gaps"])
          == report["totals"]["lost"])


START = 1_735_689_600  # pcapgen's first packet: 2025-01-01T00:00:00Z
SUMS = ("received", "bytes", "lost", "late", "duplicates", "too_old")


def packets_of(capture):
    """The file header, and the records with their times in ns."""
    with open(capture, "rb") as file:
        data = file.read()
    unit = 1 if data[:4] == b"\x4d\x3c\xb2\xa1" else 1000
    records, at = [], 24
    while at < len(data):
        seconds, fraction, length = struct.unpack_from("<III", data, at)
        records.append((seconds * 10 ** 9 + fraction * unit, data[at:at + 16 + length]))
        at += 16 + length
    return data[:24], records


class Recount:
    """Figures of every SA up to a moment, by analysing the packets before it."""

    def __init__(self, directory, header, records):
        self.path, self.header, self.records = directory + "/part.pcap", header, records

    def of(self, count):
        with open(self.path, "wb") as file:
            file.write(self.header + b"".join(r for _, r in self.records[:count]))
        flows = json.loads(run("analyze", "--json", self.path).stdout)["flows"] if count else []
        return {f["id"]: {n: f[n] for n in SUMS} for f in flows}

    def until(self, second):
        return self.of(sum(t < (START + second) * 10 ** 9 for t, _ in self.records))


def less(later, earlier):
    """What came in between, of the SAs of which anything did."""
    sums = {sa: {n: figures[n] - earlier.get(sa, {}).get(n, 0) for n in SUMS}
            for sa, figures in later.items()}
    return {sa: figures for sa, figures in sums.items() if figures["received"]}


def plus(one, other):
    return {sa: {n: one.get(sa, {}).get(n, 0) + other.get(sa, {}).get(n, 0) for n in SUMS}
            for sa in one | other}


def told_of(db, *choice):
    answer = query_json(db, "flows", *choice)
    return {f["id"]: {n: f[n] for n in SUMS} for f in answer["flows"]}, answer


def at(second):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START + second))


def check_span(directory):
    """Figures of a span are a recount of that part of the capture, across runs and a killed one."""
    capture, db = directory + "/long.pcap", directory + "/span"
    write_capture(capture, "--packets 100000 --pps 700 --flows 6 --protocol ipsec --seed 8 "
                           "--gap-rate 0.01 --reorder-rate 0.02 --duplicate-rate 0.01")
    header, records = packets_of(capture)
    analyze(capture, db)
    count = Recount(directory, header, records)
    whole = query_json(db, "summary")["totals"]
    for name, since, until in (("the middle", 20, 60), ("the first minute", None, 60),
                               ("the second minute", 60, 120), ("the rest", 110, None),
                               ("one interval", 50, 60), ("all", 0, 1000)):
        choice = ((("--since", at(since)) if since is not None else ())
                  + (("--until", at(until)) if until is not None else ()))
        wanted = less(count.until(until if until is not None else 1000),
                      count.until(since if since is not None else 0))
        sums, answer = told_of(db, *choice)
        check(f"a span: {name} is a recount", sums == wanted, (sums, wanted))
        span = answer["span"]
        check(f"a span: {name} says what it covers", span["runs"] == [1] and span["complete"]
              and (since is None or span["since"][:19] == at(since)[:19])
              and (until is None or span["until"][:19] == at(until)[:19])
              and bool(span["not_of_span"]) == (name != "all"), span)
        totals = query_json(db, "summary", *choice)["totals"]
        check(f"a span: {name} adds up", {n: totals[n] for n in SUMS}
              == {n: sum(f[n] for f in wanted.values()) for n in SUMS}
              and totals["flows"] == len(wanted), totals)
        tunnels = query_json(db, "tunnels", *choice)
        check(f"a span: tunnels of {name} add up", sum(t["lost"] for t in tunnels["tunnels"])
              == totals["lost"] and tunnels["span"] == span, tunnels["count"])
    check("a span: all of it is the run", query_json(db, "summary", "--since", at(0))["totals"]
          ["lost"] == whole["lost"])
    _, answer = told_of(db, "--since", at(23), "--until", at(57))
    check("a span: it is wider where the series is coarser", answer["span"]["since"][:19]
          == at(20)[:19] and answer["span"]["until"][:19] == at(60)[:19], answer["span"])
    some = answer["flows"][0]["id"]
    one = query_json(db, "flow", some, "--since", at(20), "--until", at(60))
    check("a span: one SA", one["flows"] == answer["flows"][:1], one)
    check("a span: top", query_json(db, "top", "--by", "late", "--top", "1", "--since", at(20),
                                    "--until", at(60))["flows"][0]["late"]
          == max(f["late"] for f in answer["flows"]))
    text = query(db, "flows", "--since", at(20))
    check("a span: for people", text.startswith("from 2025-01-01 00:00:20") and "run 1" in text, text)
    check("a span: nothing", told_of(db, "--since", at(5000))[0] == {})
    refused("an SA without packets in the span", 2, "query", "--db", db, "flow", some, "--since",
            at(5000), says=[some])
    # The last packet is at 2:22. Times of day are local, "1m" counts back from that packet.
    for spoken, meant in (("2025-01-01 00:01", 60), ("2025-01-01 00:01:20", 80), ("00:02", 120),
                          ("00:00:40", 40), ("2025-01-01", 0), (str(START + 70), 70)):
        done = run("query", "--db", db, "flows", "--json", "--since", spoken,
                   env={**os.environ, "TZ": "UTC"})
        check(f"a span: since {spoken}", done.returncode == 0
              and json.loads(done.stdout)["flows"] == query_json(db, "flows", "--since",
                                                                 at(meant))["flows"], told(done))
    done = run("query", "--db", db, "summary", "--json", "--since", "2025-01-01 02:01",
               env={**os.environ, "TZ": "AAA-2"})
    check("a span: in the local zone", json.loads(done.stdout)["span"]["since"][:19]
          == at(60)[:19], told(done))

    # A run that is killed, and one that goes on: both count, each its packets.
    db, cut = directory + "/killed", sum(t < (START + 75) * 10 ** 9 for t, _ in records)
    writer = subprocess.Popen([LACUNA, "analyze", "-", "--db", db, "--quiet"],
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    writer.stdin.write(header + b"".join(r for _, r in records[:cut]))
    writer.stdin.flush()
    offered, deadline = -1, time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(2.5)  # more than two turns of the spill
        done = run("query", "--db", db, "summary", "--json")
        seen = json.loads(done.stdout)["packets"]["offered"] if done.returncode == 0 else -1
        if seen == offered > 0:
            break
        offered = seen
    writer.kill()
    writer.wait()
    check("a killed run: most of it was stored", offered > cut * 0.9, (offered, cut))
    rest = directory + "/rest.pcap"
    with open(rest, "wb") as file:
        file.write(header + b"".join(r for _, r in records[cut:]))
    analyze(rest, db)
    first, later = (Recount(directory, header, part) for part in (records[:offered], records[cut:]))
    for name, since, until in (("both runs", 30, 100), ("the killed one", 10, 60),
                               ("the second", 80, 120)):
        sums, answer = told_of(db, "--since", at(since), "--until", at(until))
        wanted = plus(less(first.until(until), first.until(since)),
                      less(later.until(until), later.until(since)))
        check(f"a killed run: {name}", sums == wanted, (sums, wanted))
    check("a killed run: the answer names both", told_of(db, "--since", at(30))[1]["span"]["runs"]
          == [1, 2])
    check("a killed run: without a span the latest answers", query_json(db, "flows")["flows"]
          == query_json(db, "flows", "--run", "2")["flows"])
    runs = query_csv(db, "runs")
    check("runs tell input, duration and version", [r["input"] for r in runs] == ["-", rest]
          and all(float(r["duration_s"]) > 0 and r["version"] for r in runs), runs)


def check_late(directory):
    """Late ones in the store are those of --late, as far as a second of an SA has room."""
    capture, db = directory + "/late.pcap", directory + "/late"
    write_capture(capture, "--packets 60000 --pps 3000 --flows 12 --protocol ipsec --seed 4 "
                           "--reorder-rate 0.003 --duplicate-rate 0.002 --gap-rate 0.01")
    done = run("analyze", "--json", "--late", "0", "--db", db, capture)
    report = json.loads(done.stdout)
    key = lambda e: (e["flow_id"], e["time"], e["number"], e["verdict"])  # noqa: E731
    listed = query_json(db, "late")
    check("late ones: all of them", sorted(listed["late"], key=key)
          == sorted(report["late"], key=key) and len(report["late"]) > 100
          and listed["late_count"] == report["late_count"] and not listed["late_cut"],
          (listed["count"], len(report["late"])))
    some = report["late"][0]["flow_id"]
    one = query_json(db, "late", some)
    check("late ones: of one SA, by time", one["late"]
          == sorted((e for e in report["late"] if e["flow_id"] == some),
                    key=lambda e: e["time"]) and one["count"] == one["late_count"], one["count"])
    cut = query_json(db, "late", some, "--top", "3")
    check("late ones: a cut says so", cut["late"] == one["late"][:3] and cut["late_cut"], cut)
    check("late ones: as CSV", [(r["flow_id"], int(r["number"])) for r in query_csv(db, "late")]
          == [(e["flow_id"], e["number"]) for e in listed["late"]])
    check("late ones: for people", some in query(db, "late", some))
    since = one["late"][len(one["late"]) // 2]["time"]
    check("late ones: of a time", query_json(db, "late", some, "--since", since)["late"]
          == [e for e in one["late"] if e["time"] >= since])
    # A storm: the first few of a second, and how many there were.
    write_capture(capture, "--packets 40000 --pps 10000 --flows 2 --protocol ipsec --seed 4 "
                           "--reorder-rate 0.2")
    analyze(capture, db)
    listed = query_json(db, "late")
    check("late ones: a storm is cut, and counted", listed["late_cut"]
          and 2 * 16 <= listed["count"] <= 2 * 16 * 5
          and listed["late_count"] == query_json(db, "summary")["totals"]["late"], listed["count"])
    check("late ones: gaps are as complete as before", query_json(db, "gaps")["complete"])


def check_refusals(directory):
    db = os.path.join(directory, "runs")
    file, fifo, empty = (os.path.join(directory, n) for n in ("file", "fifo", "empty"))
    with open(file, "w", encoding="utf-8") as out:
        out.write("x")
    os.mkfifo(fifo)
    os.mkdir(empty)
    query_of = lambda d, *more: ("query", "--db", d, *more)  # noqa: E731
    refused("unknown id", 2, *query_of(db, "flow", "esp-deadbeef-192.0.2.99"),
            says=["esp-deadbeef-192.0.2.99"])
    refused("gaps of an unknown id", 2, *query_of(db, "gaps", "esp-deadbeef-192.0.2.99"))
    for bad in ("nonsense", "", "esp-1-2", "macsec-0200000000010001-4", "esp-0000c0de-"):
        refused(f"bad id {bad!r}", 2, *query_of(db, "flow", bad))
        refused(f"gaps of bad id {bad!r}", 2, *query_of(db, "gaps", bad))
    refused("no id", 2, *query_of(db, "flow"))
    for missing in ("99", "0", "-1", "x", "99999999999999999999", ""):
        refused(f"run {missing!r}", 2, *query_of(db, "summary", "--run", missing))
    refused("negative limit", 2, *query_of(db, "flows", "--top", "-1"))
    refused("JSON and CSV", 2, *query_of(db, "flows", "--json", "--csv"))
    refused("nothing asked", 2, *query_of(db))
    refused("unknown question", 2, *query_of(db, "weather"))
    refused("no store named", 2, "query", "summary")
    capture = os.path.join(directory, "a.pcap")
    for place, path in (("missing", os.path.join(directory, "none")), ("a file", file),
                        ("a fifo", fifo), ("empty", empty), ("of other things", directory),
                        ("no name", "")):
        refused(f"query of a directory that is {place}", 2, *query_of(path, "summary"))
        check(f"query makes nothing: {place}", path in (directory, "") or not os.path.isdir(path)
              or os.listdir(path) == [])
        if place not in ("missing", "empty"):
            refused(f"storing in a directory that is {place}", 2, "analyze", "--db", path, capture)
    refused("storing below what is not there", 2, "analyze", "--db", empty + "/a/b", capture)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([LACUNA, *query_of(db, "flows")], stdout=full,
                              stderr=subprocess.PIPE, check=False)
        check("a full disk behind stdout", done.returncode == 1
              and done.stderr.count(b"\n") == 1, told(done) if done.stdout else done.stderr)
    reader = subprocess.Popen([LACUNA, *query_of(db, "gaps", "--json")], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    reader.stdout.close()
    line = reader.stderr.read()
    check("a reader that goes away", reader.wait() == 0 and line == b"", line)


def start_writer(capture, db, number):
    """A replay that takes its time, once the first events of its run can be seen."""
    writer = subprocess.Popen(
        [LACUNA, "replay", "--mode", "fixed", "--pps", "5000", "--json", "--quiet", "--db", db,
         capture], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and writer.poll() is None:
        done = run("query", "--db", db, "gaps", "--json", "--run", str(number))
        if done.returncode == 0 and json.loads(done.stdout)["count"] >= 10:
            return writer
        time.sleep(0.05)
    writer.kill()
    raise RuntimeError(f"the replay showed no gaps: {writer.communicate()}")


def check_writing(directory):
    capture = os.path.join(directory, "slow.pcap")
    write_capture(capture, "--packets 200000 --flows 40 --gap-rate 0.05 --seed 9")
    db = os.path.join(directory, "live")

    writer = start_writer(capture, db, 1)
    runs = query_json(db, "runs")["runs"]
    check("a run being written is open", [r["state"] for r in runs] == ["open"]
          and runs[0]["ended"] is None, runs)
    query(db, "summary")
    query(db, "flows")
    seen = query_json(db, "gaps")["gaps"]
    check("gaps of one SA while it is written", query_json(db, "gaps", seen[0]["flow_id"])["count"]
          > 0)
    refused("a second writer", 2, "analyze", "--db", db, capture, says=["another process"])
    writer.send_signal(signal.SIGINT)
    out, err = writer.communicate(timeout=60)
    check("interrupted: exit 0", writer.returncode == 0 and err == b"", err)
    report = json.loads(out)
    check("interrupted before the end", 0 < report["packets"]["offered"] < 200000)
    runs = query_json(db, "runs")["runs"]
    check("interrupted: the run is stored and ended", [r["state"] for r in runs] == ["ended"], runs)
    check("interrupted: its totals", query_json(db, "summary")["totals"] == report["totals"])
    gaps = query_json(db, "gaps")["gaps"]
    check("interrupted: its gaps", sum(g["size"] for g in gaps) == report["totals"]["lost"])
    check("gaps seen meanwhile are among them, or were filled",
          all(g["time"] <= max(h["time"] for h in gaps) for g in seen))

    writer = start_writer(capture, db, 2)
    seen = query_json(db, "gaps")["count"]
    writer.kill()
    writer.communicate()
    runs = query_json(db, "runs")["runs"]
    check("killed: the run is open", [r["state"] for r in runs] == ["ended", "open"], runs)
    check("killed: what was there is there", query_json(db, "gaps")["count"] >= seen)
    check("killed: summary says so", "not ended" in query(db, "summary"))
    check("killed: the run before still answers",
          query_json(db, "summary", "--run", "1")["totals"] == report["totals"])
    small = os.path.join(directory, "a.pcap")
    after = analyze(small, db)
    check("killed: the next run is number 3", [(r["run"], r["state"]) for r in
                                               query_json(db, "runs")["runs"]]
          == [(1, "ended"), (2, "crashed"), (3, "ended")])
    check("and it is whole", query_json(db, "summary")["totals"] == after["totals"])


FULL = """
mount -t tmpfs -o size=6m none "$1" || exit 99
"$2" analyze --json --quiet --db "$1/store" "$3" > "$4"
echo "status $?" >&2
"""


def check_full_disk(directory):
    if not shutil.which("unshare"):
        print("skip a full disk: no unshare")
        return
    capture = os.path.join(directory, "full.pcap")
    write_capture(capture, "--packets 300000 --flows 40 --gap-rate 0.4 --gap-size 1 --seed 9")
    small = os.path.join(directory, "small")
    os.mkdir(small)
    out = os.path.join(directory, "full.json")
    done = subprocess.run(["unshare", "-rm", "sh", "-c", FULL, "sh", small, LACUNA, capture, out],
                          capture_output=True, check=False, timeout=120)
    if done.returncode == 99 or b"unshare failed" in done.stderr:
        print("skip a full disk: no right to mount")
        return
    lines = done.stderr.decode().splitlines()
    check("a full disk: exit 1 and one line", lines[-1:] == ["status 1"] and len(lines) == 2
          and "disk is full" in lines[0], lines)
    with open(out, encoding="utf-8") as file:
        report = json.load(file)
    check("a full disk: the report is shown, and counts what was not stored",
          report["totals"]["lost"] > 0 and report["probe"]["events_lost"] > 0, report["probe"])


def main():
    with tempfile.TemporaryDirectory() as directory:
        check_runs(directory)
        check_eviction(directory)
        check_span(directory)
        check_late(directory)
        check_refusals(directory)
        check_writing(directory)
        check_full_disk(directory)
    print(f"{len(FAILED)} failed" if FAILED else "all as it should be")
    sys.exit(1 if FAILED else 0)


main()
