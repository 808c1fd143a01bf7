#!/usr/bin/env python3
"""Checks pcapgen's captures with tools that share nothing with it.

pcapgen_check.py PCAPGEN [CASE...]: every case is written twice (same bytes), dissected by tshark (nothing
malformed, no bad checksum) and judged by the naive model, whose figures must equal the truth.
"""

import collections
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from naive_model import Model  # noqa: E402

# Bytes of one small run that must never change unless pcapgen's output is meant to.
KNOWN = ("--packets 3000 --flows 60 --seed 42 --gap-rate 0.02 --reorder-rate 0.02 "
         "--duplicate-rate 0.02 --vlan random,random --vlan-ratio 0.3")
KNOWN_SHA256 = "90c8832f61aba7a226bcae5de25643ee5edc4878f5fc6322f43d7428debb1c7f"
EXHAUSTION_LINE = 0xC0000000

# What must have happened at least once in a case, or it would prove nothing.
HAPPENS = {
    "everything at once": ["lost", "late", "duplicates"],
    "far": ["lost", "late", "duplicates"],
    "from zero": ["late", "duplicates"],
    "outliers": ["outliers", "lost"],
    "low restarts": ["restarts"],
    "bursts": ["lost"],
    "duplicates": ["duplicates"],
    "ecmp": ["late"],
    "replay-attack": ["duplicates", "too_old"],
    "wrap": ["lost", "late", "duplicates"],
    "restart": ["restarts", "lost", "late", "duplicates"],
    "rekey": ["rekeys", "restarts", "late"],
    "exhaustion": ["lost"],
    "site": ["rekeys", "restarts", "lost", "late", "duplicates", "too_old", "outliers"],
}

CASES = {
    "known": KNOWN,
    "clean macsec": "--packets 4000 --flows 7 --protocol macsec",
    "clean ipsec": "--packets 4000 --flows 40 --protocol ipsec --ah-ratio 0.3 --natt-ratio 0.3 "
                   "--ipv6-ratio 0.5",
    "generic": "--packets 4000 --flows 400 --protocol generic --ipv6-ratio 0.5",
    "one of each": "--packets 9 --flows 9 --protocol macsec",
    "smallest": "--packets 4000 --size 60 --vlan 7 --gap-rate 0.1",
    "64 octets": "--packets 4000 --size 64 --protocol ipsec",
    "odd size": "--packets 4000 --size 333 --gap-rate 0.05 --nanoseconds",
    "jumbo": "--packets 300 --size 9000-65535 --flows 30",
    "imix": "--packets 4000 --size imix --ipv6-ratio 1",
    "everything at once": "--packets 20000 --flows 20 --gap-rate 0.3 --reorder-rate 0.3 "
                          "--duplicate-rate 0.3 --gap-size 1-40",
    "far": "--packets 20000 --flows 5 --gap-rate 0.01 --gap-size 65000-65535 --reorder-rate 0.01 "
           "--reorder-extent 900-1000 --duplicate-rate 0.01 --duplicate-distance 900-999",
    "from zero": "--packets 3000 --flows 30 --first-seq 0 --duplicate-rate 0.3 --reorder-rate 0.3",
    "outliers": "--packets 5000 --flows 20 --outlier-rate 0.05 --gap-rate 0.05",
    "low restarts": "--packets 40000 --flows 5 --restart-rate 0.002 --restart-at 40",
    "bursts": "--scenario bursts --packets 20000 --flows 20",
    "duplicates": "--scenario duplicates --packets 20000",
    "ecmp": "--scenario ecmp --packets 20000",
    "replay-attack": "--scenario replay-attack --packets 40000 --flows 4",
    "wrap": "--scenario wrap --packets 60000",
    "restart": "--scenario restart --packets 60000 --flows 6",
    "rekey": "--scenario rekey --packets 60000 --flows 2",
    "exhaustion": "--scenario exhaustion --packets 40000",
    "spi-flood": "--scenario spi-flood --packets 20000 --flows 50",
    "site": "--scenario site --packets 120000 --flows 12 --rekey-every 4096 --replay-rate 0.002 "
            "--outlier-rate 0.002",
}

FIELDS = ("frame.len frame.protocols eth.src macsec.TCI.SC macsec.SCI.system_identifier "
          "macsec.SCI.port_identifier macsec.AN macsec.PN esp.spi esp.sequence ah.spi ah.sequence "
          "ip.dst ipv6.dst").split()
CHECKSUMS = ["ip", "udp", "tcp"]
BAD = " || ".join(["_ws.malformed", "icmp.checksum.status == 0", "icmpv6.checksum.status == 0"]
                  + [f"{p}.checksum.status == 0" for p in CHECKSUMS]
                  + ["_ws.expert.severity >= error"])


def tshark(capture, *arguments):
    command = ["tshark", "-n", "-r", capture]
    for protocol in CHECKSUMS:
        command += ["-o", f"{protocol}.check_checksum:TRUE"]
    done = subprocess.run(command + list(arguments), capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def identity(f):
    """(text id, number) of what a frame secures, or nothing."""
    if f["macsec.PN"]:
        sci = f["eth.src"].replace(":", "") + "0001"
        if f["macsec.TCI.SC"] in ("1", "True"):
            system = f["macsec.SCI.system_identifier"].replace(":", "")
            sci = system + f"{int(f['macsec.SCI.port_identifier'], 0):04x}"
        return f"macsec-{sci}-{int(f['macsec.AN'], 0)}", int(f["macsec.PN"])
    destination = f["ip.dst"] or f["ipv6.dst"]
    for protocol in ("ah", "esp"):
        if f[protocol + ".spi"]:
            spi = int(f[protocol + ".spi"], 0)
            return f"{protocol}-{spi:08x}-{destination}", int(f[protocol + ".sequence"])
    return None


def kind(f):
    """Name of an unsecured frame under "other"."""
    protocols = f["frame.protocols"].split(":")
    if "arp" in protocols:
        return "arp"
    if "isakmp" in protocols:
        return "ike"
    if "udpencap" in protocols:
        return "natt-keepalive"
    for name in ("icmpv6", "icmp"):
        if name in protocols:
            return name
    network = "ipv6" if "ipv6" in protocols else "ipv4"
    return f"{network}/{'tcp' if 'tcp' in protocols else 'udp'}"


def dissect(capture, window):
    """Everything the truth says, found by tshark and the model."""
    model, packets, other, total = Model(window), collections.Counter(), collections.Counter(), 0
    arguments = ["-T", "fields", "-E", "occurrence=f"]
    for field in FIELDS:
        arguments += ["-e", field]
    for line in tshark(capture, *arguments):
        f = dict(zip(FIELDS, line.split("\t")))
        size = int(f["frame.len"])
        packets["offered"] += 1
        total += size
        found = identity(f)
        if found:
            model.packet(found[0], found[1], size)
            packets[found[0].split("-")[0]] += 1
        else:
            packets["other"] += 1
            other[kind(f)] += 1
    return model, packets, other, total


def differences(truth, capture):
    model, packets, other, total = dissect(capture, truth["window"])
    flows = model.flows()
    for name, count in truth["packets"].items():
        if packets[name] != count:
            yield f"packets.{name}: truth {count}, found {packets[name]}"
    if truth["other"] != dict(other):
        yield f"other: truth {truth['other']}, found {dict(other)}"
    if truth["bytes"] != total:
        yield f"bytes: truth {truth['bytes']}, found {total}"
    if truth["totals"]["rekeys"] != len(model.rekeys):
        yield f"rekeys: truth {truth['totals']['rekeys']}, found {len(model.rekeys)}"
    if truth["totals"]["flows"] != len(flows):
        yield f"flows: truth {truth['totals']['flows']}, found {len(flows)}"
    for name in ("received", "bytes", "lost", "gaps", "duplicates", "late", "too_old",
                 "before_first", "outliers", "restarts"):
        found = sum(flow[name] for flow in flows.values())
        if truth["totals"][name] != found:
            yield f"totals.{name}: truth {truth['totals'][name]}, found {found}"
    yield from event_differences(truth, model)
    ids = [flow["id"] for flow in truth["flows"]]
    if ids != sorted(ids) or len(set(ids)) != len(ids):
        yield "flows are not sorted by id"
    if len(ids) + truth["flows_left_out"] != len(flows):
        yield f"{len(ids)} flows listed, {truth['flows_left_out']} left out of {len(flows)}"
    for flow in truth["flows"]:
        found = flows.get(flow["id"], {})
        for name, value in flow.items():
            if name not in ("id", "protocol") and found.get(name) != value:
                yield f"{flow['id']} {name}: truth {value}, found {found.get(name)}"


def event_differences(truth, model):
    """Restarts and rekeys happened where the truth says, with the numbers it says."""
    told = collections.defaultdict(list)
    for event in truth["events"]:
        told[event["kind"]].append(event)
    restarts = [(e["id"], e["old"], e["new"]) for e in told["restart"]]
    rekeys = [(e["id"], e["old_id"], e["old"], e["new"]) for e in told["rekey"]]
    if sorted(restarts) != sorted(model.restarts()):
        yield f"restarts: truth {restarts[:3]}..., found {model.restarts()[:3]}..."
    if sorted(rekeys) != sorted(model.rekeys):
        yield f"rekeys: truth {rekeys[:3]}..., found {model.rekeys[:3]}..."
    per_channel = collections.Counter(new.split("-")[1] for new, *_ in model.rekeys)
    if {e["sci"]: e["count"] for e in truth["rekeys"]} != per_channel:
        yield f"rekeys by channel: truth {truth['rekeys'][:3]}..., found {per_channel}"
    warned = sorted(e["id"] for e in told["exhaustion"])
    near = sorted(identity for identity, sa in model.sas.items()
                  if sa.now.highest >= EXHAUSTION_LINE)
    if warned != near:
        yield f"exhaustion: truth {warned[:3]}..., found {near[:3]}..."


def check(pcapgen, name, options, directory):
    capture = os.path.join(directory, "a.pcap")
    digests = []
    for _ in range(2):
        command = [pcapgen, *options.split(), "--output", capture, "--quiet"]
        subprocess.run(command, check=True)
        with open(capture, "rb") as file:
            digests.append(hashlib.sha256(file.read()).hexdigest())
    if digests[0] != digests[1]:
        yield "two runs differ"
    if name == "known" and digests[0] != KNOWN_SHA256:
        yield f"sha256 {digests[0]}, expected {KNOWN_SHA256}"
    with open(capture + ".truth.json", encoding="utf-8") as file:
        truth = json.load(file)
    wanted = options.split()[options.split().index("--packets") + 1]
    if truth["packets"]["offered"] != int(wanted):
        yield f"{truth['packets']['offered']} frames written"
    for total in HAPPENS.get(name, []):
        if truth["totals"][total] == 0:
            yield f"no {total} in it"
    bad = tshark(capture, "-Y", BAD)
    if bad:
        yield f"tshark objects to {len(bad)} frames, first: {bad[0]}"
    yield from differences(truth, capture)


def main():
    if shutil.which("tshark") is None:
        print("tshark is missing; apt install tshark")
        sys.exit(77)  # skipped
    pcapgen = sys.argv[1]
    chosen = sys.argv[2:] or list(CASES)
    failed = 0
    for name in chosen:
        with tempfile.TemporaryDirectory() as directory:
            problems = list(check(pcapgen, name, CASES[name], directory))
        print(f"{'not ok' if problems else 'ok'} {name}", flush=True)
        for problem in problems[:10]:
            print(f"    {problem}")
        failed += bool(problems)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
