#!/usr/bin/env python3
"""What lacuna says of every case of pcapgen, in every layout, equals the generator's truth.

analyze_truth.py PCAPGEN LACUNA [CASE...]
"""

import collections
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from pcapgen_check import CASES  # noqa: E402


def unequal(where, truth, report):
    for name, value in truth.items():
        if report.get(name) != value:
            yield f"{where}{name}: truth {value}, lacuna {report.get(name)}"


WAYS = (
    ("analyze", "--threads", "1"),
    ("analyze", "--threads", "3"),
    ("replay", "--layout", "rtc:1"),
    ("replay", "--layout", "pipeline:rx=1,parse=2,work=3"),
    ("replay", "--layout", "pipeline:rx=1,parse=3,work=2", "--source", "mapped"),
)


# What only this test looks at: the generator's own check reads no wrappings. With arguments for lacuna.
SINGLE = "gre,gretap,nvgre,erspan1,erspan2,erspan3,vxlan,vxlan-gpe,geneve,gtp-u,l2tp,l2tpv3,pppoe," \
         "tzsp,etherip,pseudowire,pbb,mpls,r-tag,hsr,vn-tag,e-tag,cisco-cmd"
NESTED = "vxlan+pppoe,erspan3+gtp-u,pseudowire+r-tag,tzsp+vn-tag+vxlan,geneve+gre,etherip+pbb+hsr," \
         "l2tp+gretap,nvgre+nvgre+nvgre+nvgre+nvgre+nvgre+nvgre+nvgre,gtp-u+geneve+l2tpv3+mpls"
TROUBLE = "--gap-rate 0.01 --reorder-rate 0.01 --duplicate-rate 0.01 --size 64-900"
WRAPPED = {
    "each wrapper": (f"--packets 10000 --flows 92 --ipv6-ratio 0.4 --natt-ratio 0.3 --ah-ratio 0.2 "
                     f"--vlan random --vlan-ratio 0.3 --inside {SINGLE} {TROUBLE}", ()),
    "nested": (f"--packets 10000 --flows 54 --ipv6-ratio 0.4 --inside {NESTED} {TROUBLE}", ()),
    "counters": (f"--packets 20000 --flows 42 --protocol counters --first-seq 65000 --vlan 7 "
                 f"--vlan-ratio 0.5 {TROUBLE}",
                 ("--rtp-ports", "5004", "--counters",
                  "gtp-u,gre,l2tpv3,rtp,roce,netflow9,sflow,r-tag,hsr,prp,ipfix")),
    "mirror": ("--scenario mirror --packets 10000 --flows 40", ()),
    "access": ("--scenario access --packets 10000 --flows 40", ()),
    "wireguard": ("--scenario wireguard --packets 10000 --flows 12", ()),
    "ring": ("--scenario ring --packets 10000 --flows 12", ("--counters", "hsr,prp,r-tag")),
    "telemetry": ("--scenario telemetry --packets 10000 --flows 12",
                  ("--counters", "netflow9,ipfix,sflow")),
}
FEWER_WAYS = (WAYS[0], WAYS[1], WAYS[4])


def event_differences(truth, report):
    """Restarts and rekeys, with the numbers on both sides; times are cut to the capture's."""
    told = sorted((e["kind"], e["id"], e.get("old"), e.get("new"))
                  for e in truth.get("events", ()) if e["kind"] in ("restart", "rekey"))
    found = sorted((e["kind"], e["flow_id"], e.get("old_highest"), e.get("new_first"))
                   for e in report["events"] if e["kind"] in ("restart", "rekey"))
    for event in told:
        if event not in found:
            yield f"event {event} is not reported"
    for event in found:
        if event not in told:
            yield f"event {event} is not in the truth"


def differences(truth, report):
    yield from unequal("packets.", truth["packets"], report["packets"])
    yield from unequal("", {n: truth[n] for n in ("other", "bytes")}, report)
    totals = {n: v for n, v in truth["totals"].items() if n in report["totals"]}
    yield from unequal("totals.", totals, report["totals"])
    if "rekeys" in report:
        yield from unequal("", {"rekeys": truth["rekeys"]}, report)
    flows = {flow["id"]: flow for flow in report["flows"]}
    counters = truth.get("counters", {})
    for name, sums in counters.items():
        yield from unequal(f"counters.{name}.", {n: v for n, v in sums.items() if n != "rekeys"},
                           report.get("counters", {}).get(name, {}))
    wanted = truth["totals"]["flows"] + sum(c["flows"] for c in counters.values())
    if len(flows) != wanted:
        yield f"{wanted} flows, lacuna lists {len(flows)}"
    for flow in truth["flows"]:
        yield from unequal(flow["id"] + " ", flow, flows.get(flow["id"], {}))


def late_differences(report):
    """Every late packet, too old one and duplicate is listed, under its SA and with its verdict."""
    listed = collections.Counter((p["flow_id"], p["verdict"]) for p in report["late"])
    names = {"late": "late", "too_old": "too_old", "duplicate": "duplicates"}
    counted = {(f["id"], verdict): f[field] for f in report["flows"]
               for verdict, field in names.items() if f[field] != 0}
    if listed != counted:
        yield f"late packets listed: {sorted((listed - collections.Counter(counted)).items())[:3]} " \
              f"too many, {sorted((collections.Counter(counted) - listed).items())[:3]} too few"
    if report["late_cut"] or report["late_count"] != sum(counted.values()):
        yield f"late_count {report['late_count']}, counted {sum(counted.values())}"
    if any(a["time"] > b["time"] for a, b in zip(report["late"], report["late"][1:])):
        yield "late packets are not in the order of time"


def check(pcapgen, lacuna, options, directory, arguments=(), ways=WAYS):
    capture = os.path.join(directory, "a.pcap")
    subprocess.run([pcapgen, *options.split(), "--output", capture, "--quiet"], check=True)
    with open(capture + ".truth.json", encoding="utf-8") as file:
        truth = json.load(file)
    problems = []
    for way in ways:
        command = [lacuna, way[0], "--json", "--quiet", "--window", "1024", "--late", capture,
                   *way[1:], *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            problems.append(f"{' '.join(way)}: exit status {done.returncode}: {done.stderr.strip()}")
            continue
        report = json.loads(done.stdout)
        problems += [f"{' '.join(way)}: {line}" for line in
                     (*differences(truth, report), *event_differences(truth, report),
                      *late_differences(report))]
    return problems


def main():
    pcapgen, lacuna, *chosen = sys.argv[1:]
    failed = 0
    cases = {name: (options, (), WAYS) for name, options in CASES.items()}
    cases |= {name: (options, arguments, FEWER_WAYS)
              for name, (options, arguments) in WRAPPED.items()}
    for name in chosen or cases:
        options, arguments, ways = cases[name]
        with tempfile.TemporaryDirectory() as directory:
            problems = check(pcapgen, lacuna, options, directory, arguments, ways)
        print(f"{'not ok' if problems else 'ok'} {name}", flush=True)
        for problem in problems[:10]:
            print(f"    {problem}")
        failed += bool(problems)
    sys.exit(1 if failed else 0)


main()
