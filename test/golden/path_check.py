#!/usr/bin/env python3
"""`lacuna path` against a naive model over random paths, and what it refuses.

path_check.py LACUNA
Paths have two to eight taps, loss, reordering and copies in every segment, taps that miss numbers,
join late or leave early, counters that wrap or begin again. More of them: PATHS=n FIRST_PATH=seed.
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import path_model as model  # noqa: E402

LACUNA = os.path.abspath(sys.argv[1])
FAILED = []


def check(name, good, detail=""):
    if not good:
        print(f"not ok {name}\n    {str(detail)[:1500]}", flush=True)
        FAILED.append(name)


def run(*arguments, **more):
    return subprocess.run([LACUNA, "path", *arguments], capture_output=True, check=False,
                          timeout=120, **more)


def write(folder, name, octets):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(octets)
    return path


def close(value, truth):
    return abs(value - truth) <= 0.01 * abs(truth) + 1


def differences(path, answer, stored=frozenset()):
    """Where the answer differs from the naive model; and how many figures were compared. `stored`:
    names of taps that are stores, which know no disorder number by number, and times of the numbers
    they stamped: a part of all."""
    wrong, count = [], 0

    def same(what, value, truth):
        nonlocal count
        count += 1
        if value != truth:
            wrong.append(f"{what}: {value}, should be {truth}")

    def some_delays(what, told, truth):
        enough = told["samples"] > 0 or len(truth) < 50
        same(f"{what} samples ({told['samples']} of {len(truth)})",
             enough and told["samples"] <= len(truth), True)
        if told["samples"] == 0:
            return
        for name in ("min", "max"):
            same(f"{what} {name} {told[name]} is one of them", told[name] in truth, True)
        same(f"{what} p50", told["min"] <= told["p50"] <= told["max"], True)

    def delays(what, told, truth, some=False):
        if some:
            return some_delays(what, told, truth)
        same(f"{what} samples", told["samples"], len(truth))
        if not truth or told["samples"] != len(truth):
            return
        same(f"{what} min", told["min"], min(truth))
        same(f"{what} max", told["max"], max(truth))
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            exact = model.nearest_rank(truth, share)
            same(f"{what} {name} ({told[name]} for {exact})", close(told[name], exact), True)

    flows = {f["id"]: f for f in answer["flows"]}
    sums, unseen = {}, [0] * len(path.names)
    totals = {"flows": 0, "compared": 0, "lost_before": 0, "unknown": 0}
    for sa in path.sas:
        truth = model.judge(sa, path.arrivals)
        told = flows.pop(sa.id, None)
        if truth is None or told is None:
            same(f"{sa.id} told", told is None, truth is None)
            continue
        for field in ("compared", "lost_before", "first", "highest", "direction"):
            if field in truth:
                same(f"{sa.id} {field}", told[field], truth[field])
        same(f"{sa.id} unknown", told["unknown"], 0)
        same(f"{sa.id} unseen", told["unseen"],
             {path.names[t]: n for t, n in truth["unseen"].items()})
        totals["flows"] += truth["compared"] > 0
        totals["compared"] += truth["compared"]
        totals["lost_before"] += truth["lost_before"]
        for t, n in truth["unseen"].items():
            unseen[t] += n
        same(f"{sa.id} segments", [(s["from"], s["to"]) for s in told["segments"]],
             [(path.names[a], path.names[b]) for a, b in truth["segments"]])
        for s, (pair, exact) in zip(told["segments"], truth["segments"].items()):
            if stored & {s["from"], s["to"]}:
                exact |= {"duplicated": s["duplicated"], "reordered": s["reordered"]}
            total = sums.setdefault(pair, dict.fromkeys(exact, 0) | {"delays": []})
            for field, value in exact.items():
                total[field] = total[field] + value
                if field != "delays":
                    same(f"{sa.id} {pair} {field}", s[field], value)
            delays(f"{sa.id} {pair} delay", s["delay_ns"], exact["delays"],
                   bool(stored & {s["from"], s["to"]}))
    same("other SAs", list(flows), [])
    same("totals", answer["totals"], totals)
    same("unseen", [t["unseen"] for t in answer["taps"]], unseen)
    told = {(s["from"], s["to"]): s for s in answer["segments"]}
    same("segments", sorted(told), sorted((path.names[a], path.names[b]) for a, b in sums))
    for (a, b), exact in sums.items():
        s = told[path.names[a], path.names[b]]
        for field, value in exact.items():
            if field != "delays":
                same(f"sum of {field} {a}-{b}", s[field], value)
        delays(f"delay {a}-{b}", s["delay_ns"], exact["delays"],
               bool(stored & {path.names[a], path.names[b]}))
    return wrong, count


def compare(folder, name, path, split=False):
    sources = []
    for tap, octets in zip(path.names, path.captures()):
        files = [write(folder, f"{tap}.pcap", octets)]
        if split:  # the same capture in two files
            files = split_capture(folder, tap, octets)
        sources.append(f"{tap}={','.join(files)}")
    done = run(*sources, "--json", "--quiet")
    if done.returncode != 0:
        check(name, False, done.stderr.decode())
        return None, 0
    answer = json.loads(done.stdout)
    wrong, count = differences(path, answer)
    check(name, not wrong, "\n    ".join(wrong[:8]))
    return (sources, answer), count


def stores(folder):
    """The same from stores, and from stores beside captures. All taps saw the beginning: stores
    know few times, and who missed more tells a direction only where the network loses."""
    figures = 0
    for seed in range(2001, 2007):
        path = model.Path(seed, 2 + seed % 3, restarts=seed % 2 == 0, joins=False)
        captures = [write(folder, f"{tap}.pcap", octets)
                    for tap, octets in zip(path.names, path.captures())]
        sources = []
        for i, (tap, capture) in enumerate(zip(path.names, captures)):
            if seed % 3 == 0 and i == 0:
                sources.append(f"{tap}={capture}")
                continue
            db = os.path.join(folder, f"{seed}-{tap}.db")
            subprocess.run([LACUNA, "analyze", "--quiet", "--json", "--db", db, capture],
                           stdout=subprocess.DEVNULL, check=True, timeout=120)
            sources.append(f"{tap}={db}")
        done = run(*sources, "--json", "--quiet")
        if done.returncode != 0:
            check(f"stores {seed}", False, done.stderr.decode())
            continue
        stored = {s.split("=")[0] for s in sources if s.endswith(".db")}
        wrong, count = differences(path, json.loads(done.stdout), stored)
        check(f"stores {seed}", not wrong, "\n    ".join(wrong[:8]))
        figures += count
    print(f"stores: {figures} figures equal those of the naive model")
    check("stores were compared", figures > 300, figures)


def doubtful_stores(folder):
    """What a store does not know is unknown, never loss."""
    sa = model.Sa("esp-00001000-10.1.0.1", "esp", 0x1000, [10, 1, 0, 1], True, [])
    numbers = range(1, 5001)
    lost, blind = set(range(200, 210)), set(range(500, 520))

    def tap(name, packets, too_old=()):
        frames = [(model.START + n * 1000, model.frame(sa, n), 20 if n == 520 and name == "blind"
                   else 0) for n in packets]
        frames += [(frames[-1][0] + 1000 + i, model.frame(sa, n), 0)
                   for i, n in enumerate(too_old)]
        capture = write(folder, f"{name}.pcapng", pcapng(frames))
        db = os.path.join(folder, f"{name}.db")
        subprocess.run([LACUNA, "analyze", "--quiet", "--json", "--db", db, capture],
                       stdout=subprocess.DEVNULL, check=True, timeout=120)
        return f"{name}={db}"

    west = tap("west", numbers)
    for name, packets, too_old, unknown, gone in (
            ("clean", [n for n in numbers if n not in lost], (), 0, 10),
            ("blind", [n for n in numbers if n not in lost | blind], (), 20, 10),
            ("old", [n for n in numbers if n not in lost], (205,), 10, 0)):
        answer = json.loads(run(west, tap(name, packets, too_old), "--json").stdout)
        check(f"store: {name}", answer["totals"]["unknown"] == unknown
              and sum(s["lost"] for s in answer["segments"]) == gone
              and answer["totals"]["compared"] == 5000, answer)
    capture = os.path.join(folder, "blind.pcapng")
    done = run(west, f"both={folder}/clean.db,{capture}")
    check("refused: a store and a capture in one tap", done.returncode == 2
          and b"a store and other sources" in done.stderr, done.stderr)
    os.mkdir(os.path.join(folder, "empty"))
    done = run(west, f"none={folder}/empty")
    check("refused: no store", done.returncode == 2 and done.stderr.count(b"\n") == 1, done.stderr)


def split_capture(folder, tap, octets):
    at, half = 24, len(octets) // 2
    while at < half:
        at += 16 + int.from_bytes(octets[at + 8:at + 12], "little")
    return [write(folder, f"{tap}-2.pcap", octets[:24] + octets[at:]),
            write(folder, f"{tap}-1.pcap", octets[:at])]


def random_paths(folder):
    figures = 0
    first, paths = (int(os.environ.get(n, d)) for n, d in (("FIRST_PATH", "21"), ("PATHS", "14")))
    for seed in range(first, first + paths):
        path = model.Path(seed, 2 + seed % 7)
        _, count = compare(folder, f"random path {seed}", path, split=seed % 4 == 3)
        figures += count
    print(f"random paths: {figures} figures equal those of the naive model")
    check("random paths were compared", figures > 100 * paths, figures)


def views(folder):
    """CSV and text say what JSON says."""
    (sources, answer), _ = compare(folder, "three taps", model.Path(1001, 3))
    rows = list(csv.DictReader(io.StringIO(run(*sources, "--csv").stdout.decode(), newline="")))
    flat = [(f["id"], s["from"], s["to"], str(s["lost"]), str(s["delay_ns"]["p99"] or ""))
            for f in answer["flows"] for s in f["segments"]]
    check("csv", flat == [(r["flow_id"], r["from"], r["to"], r["lost"], r["delay_p99_ns"])
                          for r in rows], rows[:2])
    text = run(*sources).stdout.decode()
    check("text names the path", "tap0 ──" in text and "── tap2" in text, text)
    for s in answer["segments"]:
        line = next(x for x in text.splitlines() if x.startswith(f"{s['from']} → {s['to']}"))
        check(f"text of {line}", f" {s['lost']:,} " in line, line)
    top = json.loads(run(*sources, "--json", "--top", "1").stdout)
    check("--top", len(top["flows"]) == 1 and top["flows_truncated"]
          and top["totals"] == answer["totals"], top["flows"])


def clocks_apart(folder):
    """Hours between clocks: what was lost is as exact; delays are what the clocks say."""
    path = model.Path(1002, 2, clocks=[0, 7200 * 10**9])
    for i, sa in enumerate(path.sas):  # later by hours in either direction: told as forward
        if not sa.forward:
            for seen in path.arrivals:
                del seen[sa.id]
    path.sas = [sa for sa in path.sas if sa.forward]
    found, _ = compare(folder, "clocks two hours apart", path)
    if found:
        check("the remark on clocks", "2.0 h ahead" in " ".join(found[1]["remarks"]),
              found[1]["remarks"])
        check("the remark on stderr", b"2.0 h ahead" in run(*found[0], "--json").stderr)


def pcapng(packets):
    """(time, frame, frames lost before) as pcapng, which tells of losses (epb_dropcount)."""
    def block(kind, body):
        size = 12 + len(body)
        return model.struct.pack("<II", kind, size) + body + model.struct.pack("<I", size)

    pack = model.struct.pack
    out = [block(0x0A0D0D0A, pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
           block(1, pack("<HHI", 1, 0, 65535) + pack("<HHBxxx", 9, 1, 9) + pack("<HH", 0, 0))]
    for time, octets, lost in packets:
        padded = octets + bytes(-len(octets) % 4)
        option = pack("<HHQ", 4, 8, lost) + pack("<HH", 0, 0) if lost else b""
        out.append(block(6, pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(octets),
                                 len(octets)) + padded + option))
    return b"".join(out)


def blind_taps(folder):
    """What a capture says it lost is unknown, never the network's loss."""
    sa = model.Sa("esp-00001000-10.1.0.1", "esp", 0x1000, [10, 1, 0, 1], True, [])
    numbers = range(1, 1001)
    lost, blind = set(range(200, 210)), set(range(500, 520))
    west = model.pcap([(model.START + n * 1000, model.frame(sa, n)) for n in numbers])
    east = pcapng([(model.START + n * 1000 + 500, model.frame(sa, n), 20 if n == 520 else 0)
                   for n in numbers if n not in lost | blind])
    done = run("west=" + write(folder, "w.pcap", west), "east=" + write(folder, "e.pcapng", east),
               "--json")
    answer = json.loads(done.stdout)
    check("blind", answer["totals"]["unknown"] == 20 and answer["segments"][0]["lost"] == 10
          and answer["totals"]["compared"] == 1000, answer["totals"])


def same_times(folder):
    """Without a difference of times, who lost what tells the direction."""
    sa = model.Sa("esp-00001000-10.1.0.1", "esp", 0x1000, [10, 1, 0, 1], True, [])
    packets = [(model.START + n * 1000, model.frame(sa, n)) for n in range(1, 1001)]
    a = write(folder, "a.pcap", model.pcap(packets))
    b = write(folder, "b.pcap", model.pcap(packets[:100] + packets[110:]))
    answer = json.loads(run("a=" + a, "b=" + b, "--json").stdout)
    check("direction from losses", answer["flows"][0]["direction"] == "forward"
          and answer["segments"][0]["lost"] == 10, answer)
    answer = json.loads(run("b=" + b, "a=" + a, "--json").stdout)
    check("and the other way round", answer["flows"][0]["direction"] == "reverse"
          and [answer["segments"][0][k] for k in ("from", "to", "lost")] == ["a", "b", 10], answer)
    c = write(folder, "c.pcap", model.pcap(packets))
    answer = json.loads(run("a=" + a, "c=" + c, "--json").stdout)
    check("unknown direction", answer["flows"][0]["direction"] == "unknown"
          and answer["segments"] == [] and answer["totals"]["compared"] == 1000, answer)
    for option, direction, pair in (("--forward", "forward", ["a", "c"]),
                                    ("--reverse", "reverse", ["c", "a"])):
        answer = json.loads(run("a=" + a, "c=" + c, "--json", option, "dst 10.1.0.0/24").stdout)
        check(f"{option} says it", answer["flows"][0]["direction"] == direction
              and [answer["segments"][0][k] for k in ("from", "to")] == pair, answer)
    answer = json.loads(run("a=" + a, "c=" + c, "--json", "--forward", "dst 10.2.0.0/24").stdout)
    check("a filter that selects another", answer["flows"][0]["direction"] == "unknown", answer)


def translated(folder):
    """Somebody on the way changes destinations: the SPI, the numbers and the times remain."""
    def sa(spi, last):
        return model.Sa("", "esp", spi, [10, 1, 0, last], True, [])

    def capture(name, delay, sas):
        packets = [(model.START + n * step + delay, model.frame(which, n))
                   for which, first, step, lost in sas for n in range(first, first + 1000)
                   if n not in lost]
        return f"{name}=" + write(folder, name + ".pcap", model.pcap(sorted(packets)))

    west = capture("west", 0, [(sa(0x1000, 1), 1, 10**6, ()), (sa(0x2000, 1), 1, 10**6, ()),
                               (sa(0x3000, 1), 5000, 10**6, ())])
    mid = capture("mid", 10**5, [(sa(0x1000, 1), 1, 10**6, ()), (sa(0x2000, 1), 1, 10**6, (7,))])
    east = capture("east", 2 * 10**5,
                   [(sa(0x1000, 9), 1, 10**6, range(100, 120)), (sa(0x2000, 1), 1, 10**6, (7,)),
                    (sa(0x3000, 9), 5000, 4 * 10**7, ())])
    answer = json.loads(run(west, mid, east, "--json").stdout)
    flows = {f["id"]: f for f in answer["flows"]}
    check("a translated SA is one SA", sorted(flows) == ["esp-00001000-10.1.0.1",
                                                         "esp-00002000-10.1.0.1"], sorted(flows))
    one = flows["esp-00001000-10.1.0.1"]
    check("and says what it is called elsewhere", one["ids"] == {"east": "esp-00001000-10.1.0.9"}
          and "ids" not in flows["esp-00002000-10.1.0.1"], one)
    check("its loss lies where it is", [s["lost"] for s in one["segments"]] == [0, 20]
          and one["direction"] == "forward" and one["compared"] == 1000
          and [s["delay_ns"]["max"] for s in one["segments"]] == [10**5, 10**5], one)
    check("one that only has the SPI in common is not", [t["alone"] for t in answer["taps"]]
          == [1, 0, 1] and "changed its destination" in " ".join(answer["remarks"]), answer)
    text = run(west, mid, east, "--clocks", "free").stdout.decode()
    check("free clocks show how delays vary", "over least:" in text and "0.10 ms" not in text, text)


def sent(source, number, destination=1):
    """A packet of SPI 0x1000, from one of several sources."""
    octets = bytearray(model.esp_frame(0x1000, [10, 1, 0, destination], number))
    octets[26:30] = bytes(source)
    return bytes(octets)


def several_senders(folder):
    """Senders that share an SPI count each for itself; one that moves does not begin anew. From
    captures and from stores."""
    a, b, moved = [10, 9, 0, 1], [10, 9, 0, 2], [10, 9, 0, 3]

    def capture(name, delay, lost):
        packets = []
        for n in range(1, 2001):
            time = model.START + n * 10**6 + delay
            if ("a", n) not in lost:
                packets.append((time, sent(a, n)))
            if ("b", n) not in lost:
                packets.append((time + 400, sent(b, n + 70000)))
            if n > 5 and ("m", n) not in lost:
                packets.append((time + 800, sent(a if n < 1000 else moved, n, 2)))
        return write(folder, name + ".pcap", model.pcap(packets))

    west = capture("west", 0, set())
    east = capture("east", 5000, {("a", 50), ("b", 100), ("b", 101), ("m", 1000), ("m", 1001)})
    wanted = {"esp-00001000-10.1.0.1-10.9.0.1": 1, "esp-00001000-10.1.0.1-10.9.0.2": 2,
              "esp-00001000-10.1.0.2": 2}
    stores = []
    for name, file in (("ws", west), ("es", east)):
        stores.append(os.path.join(folder, name))
        subprocess.run([LACUNA, "analyze", file, "--db", stores[-1], "--quiet"], check=True,
                       capture_output=True, timeout=120)
    for kind, sources in (("captures", (west, east)), ("stores", stores),
                          ("both", (west, stores[1]))):
        answer = json.loads(run(*(f"{n}={s}" for n, s in zip("we", sources)), "--json").stdout)
        told = {f["id"]: f["segments"][0]["lost"] for f in answer["flows"] if f["segments"]}
        check(f"senders of one SPI, {kind}", told == wanted, told)
        samples = {f["id"]: f["segments"][0]["delay_ns"]["samples"] for f in answer["flows"]
                   if f["segments"]}
        # A store stamps numbers of identities with one counter only.
        stamped = samples.pop("esp-00001000-10.1.0.2") if kind != "captures" else 1
        check(f"and their delays, {kind}", stamped > 0 and sorted(samples.values())
              == ([1993, 1998, 1999] if kind == "captures" else [0, 0]), samples)


def parallel_ways(folder):
    """Each packet takes one of two ways in the middle; one of them loses."""
    sa = model.Sa("", "esp", 0x1000, [10, 1, 0, 1], True, [])
    packets = [(model.START + n * 10**6, n) for n in range(1, 3001)]

    def capture(name, delay, keep):
        return write(folder, name + ".pcap",
                     model.pcap([(t + delay, model.frame(sa, n)) for t, n in packets if keep(n)]))

    west = capture("west", 0, lambda n: True)
    upper = capture("upper", 1000, lambda n: n % 3 == 0 and n % 300 != 0)
    lower = capture("lower", 3000, lambda n: n % 3 != 0)
    east = capture("east", 9000, lambda n: n % 300 != 0 and n != 1000)
    for middle in (f"upper={upper}|lower={lower}", f"upper|lower={upper}|{lower}"):
        answer = json.loads(run(f"w={west}", middle, f"e={east}", "--json").stdout)
        check("parallel ways are one place", [t["name"] for t in answer["taps"]]
              == ["w", "upper|lower", "e"]
              and [(s["lost"], s["reordered"], s["duplicated"]) for s in answer["segments"]]
              == [(9, 0, 0), (1, 0, 0)] and answer["totals"]["compared"] == 2999, answer)
        check("and delays are of the way taken", [(s["delay_ns"]["min"], s["delay_ns"]["max"])
                                                  for s in answer["segments"]]
              == [(1000, 3000), (6000, 8000)], answer["segments"])


def same_as_truth(place, truth, answer):
    """What the truth says and the answer does not."""
    if isinstance(truth, dict):
        return [w for k, v in truth.items() if k != "schema"
                for w in same_as_truth(f"{place}/{k}", v, answer.get(k))]
    if isinstance(truth, list):
        def key(x):
            return x.get("id") or x.get("name") or f"{x['from']}>{x['to']}"
        told = {key(x): x for x in answer or []}
        return ([f"{place}: {sorted(told)}"] if set(told) != {key(x) for x in truth} else
                [w for x in truth for w in same_as_truth(f"{place}/{key(x)}", x, told[key(x)])])
    if place.endswith(("p50", "p99")) and truth is not None and answer is not None:
        return [] if close(answer, truth) else [f"{place}: {answer}, should be {truth}"]
    return [] if truth == answer else [f"{place}: {answer}, should be {truth}"]


def generated(folder):
    """What the generator did to the frames on their way is what is found."""
    common = ["--packets", "40000", "--nanoseconds", "--quiet", "--output", folder + "/t.pcap"]
    for name, taps, options in [
            ("wraps", "west,mid,east", "--flows 20 --protocol mixed --gap-rate 0.002 --reorder-rate "
             "0.002 --segment-loss 0.01,0.003 --segment-delay 200us-900us,2ms-3ms --tap-miss "
             "0.0005,0.001 --first-seq 4294966000"),
            ("eight taps, one way", "a,b,c,d,e,f,g,h", "--flows 6 --protocol ipsec --segment-loss "
             "0.002 --segment-delay 1ms --reverse-share 0 --pps 20000")]:
        subprocess.run([os.environ["PCAPGEN"], *common, "--taps", taps, *options.split()],
                       check=True, timeout=120)
        with open(folder + "/t.pcap.path.json", encoding="utf-8") as file:
            truth = json.load(file)
        answer = json.loads(run(*(f"{t}={folder}/t.{t}.pcap" for t in taps.split(",")),
                                "--json").stdout)
        wrong = same_as_truth("", truth, answer)
        check(f"generated: {name}", not wrong and truth["totals"]["flows"] > 5, wrong[:5])


def hostile_times(folder):
    """Stamps at both ends of 64 bits: counted as ever, and no sum runs over."""
    sa = model.Sa("", "esp", 0x1000, [10, 1, 0, 1], True, [])

    def capture(name, times):
        return f"{name}=" + write(folder, name + ".pcapng", pcapng(
            [(t % 2**64, model.frame(sa, n), 0) for n, t in enumerate(times, 1)]))

    for name, west, east in [
            ("far ahead", [0] * 9, [2**63 - 1] * 9), ("far behind", [2**63 - 1] * 9, [0] * 9),
            ("below zero", [-2**63] * 9, [2**63 - 1] * 9),
            ("both", [2**63 - 1 if n % 2 else -2**63 for n in range(9)], [model.START] * 9)]:
        done = run(capture("w", west), capture("e", east), "--json")
        answer = json.loads(done.stdout or "{}")
        check(f"hostile times: {name}", done.returncode == 0 and not done.stderr.count(b"runtime")
              and answer["totals"]["compared"] == 9, (done.returncode, done.stderr[:500]))


def refusals(folder):
    sa = model.Sa("", "esp", 0x1000, [10, 1, 0, 1], True, [])
    other = model.Sa("", "esp", 0x2000, [10, 1, 0, 2], True, [])

    def capture(name, which, numbers, time=model.START):
        return write(folder, name, model.pcap([(time + n * 1000, model.frame(which, n))
                                               for n in numbers]))

    a = capture("ra.pcap", sa, range(1, 100))
    b = capture("rb.pcap", sa, range(1, 100), model.START + 500)
    later = capture("later.pcap", sa, range(1000, 1100), model.START + 3600 * 10**9)
    strange = capture("strange.pcap", other, range(1, 100))
    os.symlink(a, os.path.join(folder, "link.pcap"))
    link = os.path.join(folder, "link.pcap")
    cases = [
        ("no tap", [], "TAP is required"),
        ("one tap", [f"a={a}"], "two to 8 taps, not 1"),
        ("nine taps", [f"t{i}={a}" for i in range(9)], "two to 8 taps, not 9"),
        ("no name", [a, f"b={b}"], "a tap is NAME=SOURCE"),
        ("an empty source", ["a=", f"b={b}"], "a tap is NAME=SOURCE"),
        ("two of a name", [f"a={a}", f"a={b}"], "two taps have the same name"),
        ("the same source", [f"a={a}", f"b={a}"], "the same source for a and b"),
        ("the same by another name", [f"a={a}", f"b={link}"], "the same source for a and b"),
        ("twice in one tap", [f"a={a},{a}", f"b={b}"], "given twice for a"),
        ("no such file", [f"a={a}", f"b={folder}/none.pcap"], "none.pcap"),
        ("no SA in common", [f"a={a}", f"b={strange}"], "no SA was seen at two of the taps"),
        ("no time in common", [f"a={a}", f"b={later}"], "they do not overlap in time"),
        ("two formats", [f"a={a}", f"b={b}", "--json", "--csv"], "contradict"),
        ("negative", [f"a={a}", f"b={b}", "--top", "-1"], "--top"),
        ("no filter", [f"a={a}", f"b={b}", "--forward", "dst"], "--forward"),
        ("unknown clocks", [f"a={a}", f"b={b}", "--clocks", "fast"], "--clocks"),
    ]
    for name, arguments, says in cases:
        done = run(*arguments)
        line = done.stderr.decode()
        check(f"refused: {name}", done.returncode == 2 and not done.stdout
              and line.startswith("lacuna: ") and line.count("\n") == 1 and says in line,
              (done.returncode, line, done.stdout[:200]))
    done = run(f"a={a}", f"b={b}", f"c={strange}")
    check("a tap beside the path is remarked", done.returncode == 0
          and "none of the 1 SAs of c was seen" in done.stdout.decode(), done.stdout.decode())
    with open(b, "rb") as pipe:
        done = run(f"a={a}", "b=-", "--json", input=pipe.read())
    answer = json.loads(done.stdout)
    check("a pipe has loss but no delay", answer["totals"]["compared"] == 99
          and answer["segments"][0]["delay_ns"]["samples"] == 0
          and "read once" in " ".join(answer["remarks"]), answer)


def main():
    with tempfile.TemporaryDirectory() as folder:
        for part in (random_paths, stores, doubtful_stores, views, clocks_apart, blind_taps,
                     same_times, translated, several_senders, parallel_ways, generated,
                     hostile_times, refusals):
            part(folder)
            print(f"{part.__name__} done", flush=True)
            for entry in os.scandir(folder):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                else:
                    os.unlink(entry.path)
    print("failed: " + ", ".join(FAILED) if FAILED else "all as it should be")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
