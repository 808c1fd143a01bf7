#!/usr/bin/env python3
"""Checks that no layout invents loss: `replay` equals `analyze`, field by field.

layouts_check.py PCAPGEN [--few] [CASE...]: LACUNA names the program. Every case is a capture; it is analysed
once, then replayed in many layouts (--few: in some, with every number of lcores a stage may have), through the net_pcap driver and from the mapped file. All figures
must agree: totals, histograms, rekeys and every SA found by its id; only `timing`,
`layout` and `notes` may differ. What a source cannot know (nanoseconds, the length on the wire of frames cut by a snap length) is
left out where it is the driver's to lose, and nowhere else.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile

LACUNA = os.environ.get("LACUNA", "lacuna")
CAPTURES = os.environ.get("LACUNA_CAPTURES", "")

ALL = ["rtc:1"] + [f"pipeline:rx=1,parse={p},work={w}" for p in (1, 2, 3) for w in (1, 2, 3, 4)]
FEW = ["rtc:1"] + [f"pipeline:rx=1,parse={p},work={w}" for p, w in ((1, 1), (1, 4), (2, 3), (3, 2))]
SOME = ["rtc:1", "pipeline:rx=1,parse=2,work=2", "pipeline:rx=1,parse=3,work=4"]
ONE = ["pipeline:rx=1,parse=2,work=2"]
BOTH = ["net_pcap", "mapped"]

MIXED = ("--packets 200000 --flows 6000 --size 64-256 --gap-rate 0.02 --reorder-rate 0.03 "
         "--duplicate-rate 0.02 --vlan random,random --vlan-ratio 0.3 --ipv6-ratio 0.4 --ah-ratio 0.3 "
         "--natt-ratio 0.3 --seed 11")

TIMES = {"first_time", "last_time", "min_interarrival_ns", "mean_interarrival_ns",
         "max_interarrival_ns", "rate", "time", "exhaustion"}

LEFT_OUT = {"timing", "notes", "layout"}

LENGTHS = {"bytes", "rate_bps", "mbit_per_s"}

failures = []
compared = 0


def run(*args, expect=0):
    """Runs lacuna and returns its stdout; an unexpected exit status is a failure."""
    done = subprocess.run([LACUNA, *args], capture_output=True, text=True, timeout=240)
    if done.returncode != expect:
        sys.exit(f"lacuna {' '.join(args)}: exit {done.returncode}, not {expect}\n{done.stderr}")
    return done


def report(command, files, *options):
    done = run(command, *files, "--json", "--quiet", *options)
    return json.loads(done.stdout)


def normal(doc, without=()):
    """The document as a mapping of paths to values; flows and gaps by what names them."""
    out = {}

    def walk(path, value):
        name = path.rsplit(".", 1)[-1]
        if name in without:
            return
        if isinstance(value, dict):
            for k, v in value.items():
                walk(f"{path}.{k}", v)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            seen = {}
            for v in value:
                key = " ".join(str(v[k]) for k in ("id", "sci", "first_time", "first_missing")
                               if k in v and k not in without)
                seen[key] = seen.get(key, 0) + 1
                walk(f"{path}[{key}#{seen[key]}]", v)
        else:
            out[path] = value

    for key, value in doc.items():
        if key not in LEFT_OUT:
            walk(key, value)
    return out


def agree(want, got, without):
    """Whether the documents are equal, lists in the same order: quicker told than how they differ."""
    return not without and all(want.get(key) == got.get(key) for key in want.keys() | got.keys()
                               if key not in LEFT_OUT)


def compare(what, want, got):
    global compared
    compared += 1
    different = [k for k in want.keys() | got.keys() if want.get(k) != got.get(k)]
    if not different:
        return
    failures.append(what)
    print(f"DIFFERS: {what}: {len(different)} fields")
    for k in sorted(different)[:6]:
        print(f"   {k}: analyze {want.get(k)}, replay {got.get(k)}")


def compare_reports(what, want, got, without=()):
    if agree(want, got, without):
        compare(what, {}, {})
    else:
        compare(what, normal(want, without), normal(got, without))


def check(name, files, layouts, records, options=(), blind=(), sources=BOTH, eal=()):
    """`blind`: fields the net_pcap driver cannot know. `records`: frames in the files."""
    want = report("analyze", files, *options)
    if records is not None and want["packets"]["offered"] != records:
        failures.append(name)
        print(f"WRONG: {name}: {want['packets']['offered']} frames of {records}")
    for source in sources:
        without = blind if source == "net_pcap" else ()
        for layout in layouts:
            got = report("replay", files, *options, "--source", source, "--layout", layout,
                         *(["--", *eal] if eal else []))
            compare_reports(f"{name}, {source}, {layout}", want, got, without)
            compare(f"{name}, {source}, {layout}: the layout named",
                    {"layout": {"name": layout, "auto": False, "reason": ""}},
                    {"layout": got["layout"]})
    print(f"{name}: {want['packets']['offered']} frames, {want['totals']['flows']} SAs, "
          f"lost {want['totals']['lost']}, late {want['totals']['late']}, "
          f"duplicates {want['totals']['duplicates']}, {len(layouts) * len(sources)} replays")
    return want


def generate(pcapgen, directory, name, options):
    path = os.path.join(directory, name + ".pcap")
    subprocess.run([pcapgen, *options.split(), "--output", path, "--no-truth-flows", "--quiet"],
                   check=True)
    return path


def records_of(path):
    """The records of a little-endian classic capture, with its file header."""
    with open(path, "rb") as file:
        data = file.read()
    out, at = [], 24
    while at < len(data):
        captured = struct.unpack_from("<I", data, at + 8)[0]
        out.append((data[at:at + 16], data[at + 16:at + 16 + captured]))
        at += 16 + captured
    return data[:24], out


def snap(path, target, octets):
    header, records = records_of(path)
    with open(target, "wb") as file:
        file.write(header[:16] + struct.pack("<I", octets) + header[20:])
        for head, body in records:
            file.write(head[:8] + struct.pack("<I", min(octets, len(body))) + head[12:]
                       + body[:octets])
    return len(records)


def mixed(pcapgen, tmp):
    path = generate(pcapgen, tmp, "mixed", MIXED)
    want = check("mixed", [path], FEW if "--few" in sys.argv else ALL, 200000)
    for field in ("lost", "late", "duplicates", "gaps"):
        if want["totals"][field] < 1000:
            failures.append("mixed")
            print(f"mixed: only {want['totals'][field]} {field}: it would prove little")
    check("mixed, gaps listed", [path], SOME, 200000, ["--gaps"])
    check("mixed, ordinary memory", [path], ONE, 200000, eal=["--no-huge", "-m", "400"])


def site(pcapgen, tmp):
    path = generate(pcapgen, tmp, "site", "--scenario site --packets 150000 --seed 5")
    check("site", [path], SOME, 150000)
    check("site, gaps and ageing", [path], SOME, 150000, ["--gaps", "--idle-timeout", "0.02"])
    for scenario, field in (("rekey", "rekeys"), ("restart", "restarts"), ("wrap", "lost")):
        path = generate(pcapgen, tmp, scenario, f"--scenario {scenario} --packets 60000")
        want = check(scenario, [path], SOME, 60000, ["--gaps"])
        if want["totals"][field] == 0:
            failures.append(scenario)
            print(f"{scenario}: no {field}: it would prove nothing")


def nanoseconds(pcapgen, tmp):
    path = generate(pcapgen, tmp, "ns", MIXED.replace("200000", "50000") + " --nanoseconds")
    check("nanoseconds", [path], SOME, 50000, blind=TIMES)


def snapped(pcapgen, tmp):
    whole = generate(pcapgen, tmp, "whole", "--packets 20000 --flows 500 --size imix --gap-rate 0.1")
    path = os.path.join(tmp, "snapped.pcap")
    records = snap(whole, path, 96)
    check("cut by a snap length", [path], SOME, records, blind=LENGTHS)


def jumbo(pcapgen, tmp):
    path = generate(pcapgen, tmp, "jumbo",
                    "--packets 2000 --flows 60 --size 9000-65535 --gap-rate 0.1 --reorder-rate 0.1")
    check("jumbo frames", [path], SOME, 2000)


def files(pcapgen, tmp):
    paths = [generate(pcapgen, tmp, f"part{i}",
                      f"--packets {1000 * (i + 1)} --flows 300 --seed {i} --gap-rate 0.05")
             for i in range(5)]
    check("five files", paths, SOME, 15000)
    cut = os.path.join(tmp, "cut.pcap")
    with open(paths[2], "rb") as source, open(cut, "wb") as target:
        target.write(source.read()[:-7])
    paths[2] = cut
    want = check("five files, one cut", paths, SOME, 14999)
    if not want["truncated_input"]:
        failures.append("cut")
        print("five files, one cut: not noticed")


def small(pcapgen, tmp):
    path = generate(pcapgen, tmp, "one", "--packets 1 --flows 1 --protocol macsec")
    check("one packet", [path], SOME, 1)
    empty = os.path.join(tmp, "empty.pcap")
    with open(path, "rb") as source, open(empty, "wb") as target:
        target.write(source.read()[:24])
    check("no packet", [empty], SOME, 0)


def automatic(pcapgen, tmp):
    """`auto` says what it chose and why, in one line on stderr and in the report."""
    path = generate(pcapgen, tmp, "auto", "--packets 2000 --flows 20")
    for source in BOTH:
        done = run("replay", path, "--json", "--source", source)
        layout = json.loads(done.stdout)["layout"]
        line = f"lacuna: layout {layout['name']} ({layout['reason']})"
        good = layout["auto"] is True and "CPU" in layout["reason"]
        compare(f"auto, {source}", {"said": 1, "auto": True},
                {"said": done.stderr.splitlines().count(line), "auto": good})
    quiet = run("replay", path, "--json", "--quiet")
    compare("auto, --quiet", {"stderr": ""}, {"stderr": quiet.stderr})


def looped(pcapgen, tmp):
    """A driver told to loop is refused before anything runs."""
    path = generate(pcapgen, tmp, "loop", "--packets 100 --flows 2")
    for argument in ("infinite_rx=1", "rx_pcap=f,infinite_rx=1,x=2"):
        done = run("replay", path, "--", f"--vdev=net_pcap7,{argument}", expect=2)
        compare("a looping driver", {"stdout": "", "lines": 1, "why": True},
                {"stdout": done.stdout, "lines": done.stderr.count("\n"),
                 "why": "again and again" in done.stderr})


def captures(_pcapgen, _tmp):
    if not os.path.isdir(CAPTURES):
        print("real captures: none here")
        return
    names = sorted(n for n in os.listdir(CAPTURES) if n.endswith((".pcap", ".pcapng")))
    refused = 0
    for name in names:
        path = os.path.join(CAPTURES, name)
        analyzed = subprocess.run([LACUNA, "analyze", path, "--json", "--quiet"],
                                  capture_output=True, text=True)
        if analyzed.returncode != 0:
            continue
        want = json.loads(analyzed.stdout)
        got = report("replay", [path], "--source", "mapped", "--layout", ONE[0])
        compare_reports(f"{name}, mapped", want, got)
        done = subprocess.run([LACUNA, "replay", path, "--json", "--quiet", "--layout", ONE[0]],
                              capture_output=True, text=True)
        if done.returncode == 2 and "--source mapped" in done.stderr:
            refused += 1
            continue
        if done.returncode != 0:
            failures.append(name)
            print(f"{name}: exit {done.returncode}: {done.stderr}")
            continue
        got = json.loads(done.stdout)
        notes = " ".join(got["notes"])
        blind = (TIMES if "microseconds" in notes else set()) | (
            LENGTHS if "snap length" in notes else set())
        compare_reports(f"{name}, net_pcap", want, got, blind)
    print(f"real captures: {len(names)}, {refused} of them not for the driver")


CASES = [small, mixed, site, nanoseconds, snapped, jumbo, files, automatic, looped, captures]


def main():
    pcapgen, *names = (a for a in sys.argv[1:] if a != "--few")
    chosen = [c for c in CASES if not names or c.__name__ in names]
    with tempfile.TemporaryDirectory(prefix="lacuna-layouts-") as tmp:
        for case in chosen:
            case(pcapgen, tmp)
    print(f"{compared} replays compared, {len(failures)} differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
