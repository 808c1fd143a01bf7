#!/usr/bin/env python3
"""Frames made here, octet by octet: every encapsulation alone and nested at random, further
counters, declared ones, MKA and IKE; and what lacuna must say of them.

reach_check.py LACUNA [SEED]: each identity must show exactly what was sent of it, each capture in
`analyze` with one and three threads and in `replay` with two parsers.
"""

import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from made_frames import (  # noqa: E402
    WRAPPERS, Capture, as_ethernet, be, ethernet, ipv4, mac, sealed, udp, w_gretap, w_ip_in_ip,
    with_prp)

ROUNDS = 120
PACKETS = 12
LOST = 5  # the sixth number of each stream is not sent


def reports(lacuna, path, *arguments):
    for how in (("analyze",), ("analyze", "--threads", "3"),
                ("replay", "--source", "mapped", "--layout", "pipeline:rx=1,parse=2,work=2")):
        done = subprocess.run([lacuna, how[0], "--json", "--quiet", *how[1:], *arguments, path],
                              capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{how}: {done.stderr}")
        yield " ".join(how), json.loads(done.stdout)


class Checks:
    def __init__(self):
        self.done = self.wrong = 0

    def same(self, what, have, want):
        self.done += 1
        if have != want:
            self.wrong += 1
            print(f"{what}: {have}, not {want}")


def nestings(checks, lacuna, folder, rng):
    """Each wrapper around each kind that it carries, all pairs, then nests at random."""
    plans = [[w] for w in WRAPPERS for _ in range(2)]
    plans += [[a, b] for a in WRAPPERS for b in WRAPPERS]
    plans += [rng.choices(WRAPPERS, k=rng.randrange(2, 9)) for _ in range(ROUNDS)]
    capture, wanted = Capture(), {}
    streams = []
    for n, plan in enumerate(plans):
        spi = 0x1000 + n
        inside = seed = None
        streams.append((spi, plan, rng.randrange(1 << 30)))
    for number in range(1, PACKETS + 1):
        for spi, plan, seed in streams:
            inner, flow_id = sealed(number, spi)
            inside, tags = None, 0
            dice = random.Random(seed)
            for wrap in plan:
                wrapped = wrap(inner, dice)
                # Octets enough for two headers of the same kind in a row.
                if wrapped is None or len(wrapped[0][1]) > 1400:
                    continue
                if wrap is w_ip_in_ip and tags == 6:
                    continue
                inner, name = wrapped
                tags += wrap is w_ip_in_ip
                inside = inside or name
            if number != 1 + LOST:
                capture.add(as_ethernet(inner))
            wanted[flow_id] = (PACKETS - 1, 1, inside)
    path = folder / "nested.pcap"
    capture.write(path)
    for how, report in reports(lacuna, path):
        rows = {f["id"]: (f["received"], f["lost"], f.get("inside")) for f in report["flows"]}
        for flow_id, want in wanted.items():
            checks.same(f"{how}: {flow_id}", rows.get(flow_id), want)
        checks.same(f"{how}: rows", len(rows), len(wanted))
    one = Capture()
    inner = sealed(1, 0x2000)[0]
    for _ in range(12):
        inner = w_gretap(inner, random.Random(1))[0]
    one.add(as_ethernet(inner))
    deep = folder / "deep.pcap"
    one.write(deep)
    for how, report in reports(lacuna, deep):
        checks.same(f"{how}: too deep", report["other"], {"encapsulation-nesting": 1})
    for how, report in reports(lacuna, deep, "--max-nesting", "12"):
        checks.same(f"{how}: deep enough", report["packets"]["esp"], 1)


def counters(checks, lacuna, folder):
    capture = Capture()
    plain = ipv4(17, udp(3000, 3001, bytes(20)))

    def over_udp(port, payload, src=40000):
        return ethernet(0x0800, ipv4(17, udp(src, port, payload)))

    for n in range(40):
        if n == 20:
            continue
        wide = 65500 + n & 0xFFFF
        capture.add(over_udp(20002, be(0x8060, 2) + be(wide, 2) + be(160 * n, 4) + be(0xABCD, 4)
                             + bytes(160), 20000))
        capture.add(over_udp(5004, be(0x8060, 2) + be(wide, 2) + be(160 * n, 4) + be(0xEF01, 4)
                             + bytes(160), 5004))
        capture.add(over_udp(7000, be(0x48000003, 4) + be(n + 1, 4) + bytes(64)))
        capture.add(over_udp(7001, be(0x11000000, 4) + be(0x99, 4) + be(n + 1, 8) + bytes(64)))
        capture.add(with_prp(ethernet(0x0800, plain, 7), 10, wide))
        capture.add(with_prp(ethernet(0x0800, plain, 7), 11, wide))
        capture.add(over_udp(2055, be(5, 2) + be(3, 2) + bytes(12) + be(3 * n, 4) + be(0x0102, 2)
                             + bytes(2) + bytes(144)))
        capture.add(ethernet(0x0800, ipv4(115, be(0x55, 4) + be(0x40000000 | 0xFFFFF0 + n & 0x40FFFFFF,
                                                                4) + ethernet(0x0806, bytes(28)))))
        capture.add(over_udp(5555, be(7, 4) + struct.pack("<I", 0xFFFFFFF0 + n & 0xFFFFFFFF)))
        capture.add(over_udp(5556, b"\1" + be((1 << 32) - 8 + n, 8)))
        capture.add(ethernet(0x88B5, bytes(2) + be(wide, 2)))
        capture.add(ethernet(0x88B6, be(0xFFFFF0 + n & 0xFFFFFF, 3)))
        # Its template comes in the fourth message.
        sets = be(256, 2) + be(4 + 30, 2) + bytes(30)
        if n == 3:
            sets = be(2, 2) + be(16, 2) + be(256, 2) + be(2, 2) + be(8, 2) + be(4, 2) \
                + be(1, 2) + be(6, 2) + sets
        capture.add(over_udp(4739, be(10, 2) + be(16 + len(sets), 2) + bytes(4) + be(3 * n, 4)
                             + be(0x31, 4) + sets))
        # Neither templates nor records of one length, but numbers of messages.
        sets = be(256, 2) + be(4 + 8 + n, 2) + bytes(8 + n)
        capture.add(over_udp(2055, be(10, 2) + be(16 + len(sets), 2) + bytes(4) + be(n, 4)
                             + be(0x32, 4) + sets))
        # Looks like RTP, counts nothing.
        capture.add(over_udp(20004, be(0x8060, 2) + be(n * 7919 & 0xFFFF, 2) + be(n, 4)
                             + be(0x7777, 4) + bytes(20), 20006))
    path = folder / "counters.pcap"
    capture.write(path)
    names = "rtp,prp,netflow5,l2tpv3,ipfix"
    declared = ("udp:5555 offset=4 width=32 order=little key=0:4; udp:5556 offset=1 width=64;"
                "ethertype:0x88b5 offset=2 width=16; ethertype:0x88B6 offset=0 width=24")
    wanted = {
        "rtp-0000abcd-192.0.2.1-192.0.2.2": (39, 1),
        "rtp-0000ef01-192.0.2.1-192.0.2.2": (39, 1),
        "openvpn-3-192.0.2.2-7000": (39, 1),
        "nebula-00000099-192.0.2.2": (39, 1),
        "prp-02:00:00:00:00:08-a": (39, 1),
        "prp-02:00:00:00:00:08-b": (39, 1),
        "netflow5-00000102-192.0.2.1": (117, 3),
        "l2tpv3-00000055-192.0.2.2": (39, 1),
        "ipfix-00000031-192.0.2.1": (117, 3),
        "ipfix-00000032-192.0.2.1": (39, 1),
        "declared32-00000007-192.0.2.1-192.0.2.2": (39, 1),
        "declared64-00000000-192.0.2.1-192.0.2.2": (39, 1),
        "declared16-00000000-02:00:00:00:00:02-02:00:00:00:00:01-0": (39, 1),
        "declared24-00000000-02:00:00:00:00:02-02:00:00:00:00:01-0": (39, 1),
    }
    for how, report in reports(lacuna, path, "--counters", names, "--rtp-ports", "5004",
                               "--declare", declared):
        rows = {f["id"]: (f["received"], f["lost"]) for f in report["flows"]}
        checks.same(how, rows, wanted)
        packets = report["packets"]
        checks.same(f"{how}: rtp frames", packets["rtp"], 78)
        checks.same(f"{how}: other", report["other"], {"ipv4/udp": 39})
        checks.same(f"{how}: sum", packets["offered"],
                    sum(n for name, n in packets.items() if name != "offered"))
        checks.same(f"{how}: sums", report["counters"]["netflow5"]["lost"], 3)


def sent_again(checks, lacuna, folder):
    """A RoCEv2 sender that goes back repeats packets: that is no loss, whichever side the tap is on."""
    back = [*range(1, 101), *range(50, 201)]
    never = [n for n in back if n != 150]
    for name, numbers, want in (
            ("before the loss", back, (251, 0, 0, 51)),
            ("behind it", back[:49] + back[50:], (250, 0, 1, 50)),
            ("one that never came", never, (250, 1, 0, 51))):
        capture = Capture()
        for n in numbers:
            capture.add(ethernet(0x0800, ipv4(17, udp(49152, 4791, be(0x0440FFFF, 4) + be(0x18, 4)
                                                      + be(n, 4) + bytes(36)))))
        path = folder / "roce.pcap"
        capture.write(path)
        for how, report in reports(lacuna, path, "--counters", "roce"):
            sums = report["counters"]["roce"]
            checks.same(f"{how}: sent again, {name}",
                        tuple(sums[k] for k in ("received", "lost", "late", "duplicates")), want)


def parameter_set(kind, flags, third, body):
    padded = body + bytes(-len(body) % 4)
    return be(kind, 1) + be(flags, 1) + be(third << 4 | len(body) >> 8, 1) + be(len(body) & 255, 1) \
        + padded


def mkpdu(sci, member, number, *sets, server=False, ckn=b"link-1"):
    body = sci + member + be(number, 4) + be(0x0080C201, 4) + ckn
    basic = be(3, 1) + be(16, 1) + be((0x80 if server else 0) | 0x60 | len(body) >> 8, 1) \
        + be(len(body) & 255, 1) + body + bytes(-len(body) % 4)
    payload = basic + b"".join(sets) + bytes(16)
    return bytes.fromhex("0180c2000003") + sci[:6] + be(0x888E, 2) + be(3, 1) + be(5, 1) \
        + be(len(payload), 2) + payload


def key_agreement(checks, lacuna, folder):
    capture = Capture()
    ours, theirs = mac(0x10) + be(1, 2), mac(0x20) + be(1, 2)
    me, other = b"A" * 12, b"B" * 12

    def use(latest, old, lowest, number=1):
        an, tx, rx = latest
        flags = an << 6 | tx << 5 | rx << 4 | old << 2
        body = me + be(number, 4) + be(lowest & 0xFFFFFFFF, 4) + me + be(number - 1, 4) + be(0, 4)
        return parameter_set(3, flags, 1, body), parameter_set(
            8, 0, 0, be(lowest >> 32, 4) + be(0, 4))

    peers = parameter_set(1, 0, 0, other + be(4, 4))
    suite = parameter_set(4, 1 << 6 | 1 << 4, 0, be(1, 4) + be(0x0080C20001000004, 8) + bytes(40))
    capture.add(mkpdu(ours, me, 1, server=True))
    capture.add(mkpdu(theirs, other, 1))
    capture.add(mkpdu(ours, me, 2, peers, suite, server=True))
    capture.add(mkpdu(ours, me, 3, peers, *use((1, 0, 1), 0, 1), server=True))
    capture.add(mkpdu(theirs, other, 2, *use((1, 1, 1), 0, 5 << 32 | 77)))
    capture.add(mkpdu(theirs, b"C" * 12, 1))
    capture.add(ethernet(0x888E, be(0x0301, 2) + bytes(2)))  # EAPOL-Start
    for n in range(1, 7):
        for sci in (ours, theirs, mac(0x30) + be(1, 2)):  # MKA does not tell of the third
            if n != 3 or sci != ours:
                capture.add(ethernet(0x88E5, be(0x2D, 1) + bytes(1) + be(n, 4) + sci + bytes(48)))
    spis = be(0x1122334455667788, 8) + be(0x99AABBCCDDEEFF00, 8)
    for n in (0, 0, 1):
        ike = spis + be(46, 1) + be(0x20, 1) + be(36, 1) + be(0x08, 1) + be(n, 4) + be(60, 4)
        capture.add(ethernet(0x0800, ipv4(17, udp(500, 500, ike + bytes(32)))))
        capture.add(ethernet(0x0800, ipv4(17, udp(4500, 4500, bytes(4) + ike + bytes(32)))))
    path = folder / "mka.pcap"
    capture.write(path)
    for how, report in reports(lacuna, path, "--tunnels"):
        checks.same(f"{how}: other", report["other"], {"eapol": 1, "ike": 6, "mka": 6})
        tunnels = {t["id"]: t for t in report["tunnels"]}
        link = tunnels.get("ckn-" + b"link-1".hex(), {})
        checks.same(f"{how}: tunnels", sorted(tunnels), [link.get("id"), f"macsec-{mac(0x30).hex()}0001"])
        checks.same(f"{how}: link", (link.get("received"), link.get("lost"), link.get("a")),
                    (11, 1, "02:00:00:00:00:10/1"))
        ways = [(d["from"], d["to"], d["lost"]) for d in link.get("directions", [])]
        checks.same(f"{how}: both ways", ways, [
            ("02:00:00:00:00:10/1", "02:00:00:00:00:20/1", 1),
            ("02:00:00:00:00:20/1", "02:00:00:00:00:10/1", 0)])
        group = report["mka"]["groups"][0]
        checks.same(f"{how}: group", (group["ckn"], group["key_server"], group["cipher_suite"],
                                      group["xpn"]),
                    (b"link-1".hex(), ours.hex(), "GCM-AES-XPN-256", True))
        first, second = sorted(group["participants"], key=lambda p: p["sci"])
        checks.same(f"{how}: peers", (first["live_peers"], first["mkpdus"], first["priority"]),
                    (1, 3, 16))
        checks.same(f"{how}: key", first["latest"], {
            "an": 1, "key_number": 1, "tx": False, "rx": True, "lowest_pn": 1})
        checks.same(f"{how}: restarted", (second["member"], second["latest"]), ("43" * 12, None))
        events = {(e["kind"], e["sci"]) for e in report["mka"]["events"]}
        checks.same(f"{how}: events", events, {
            ("joined", ours.hex()), ("joined", theirs.hex()), ("key-server", ours.hex()),
            ("distributed", ours.hex()), ("in-use", ours.hex()), ("in-use", theirs.hex()),
            ("sends", theirs.hex()), ("restarted", theirs.hex())})
        ike = report["ike"]
        # The same message on 500 and on 4500 is sent again.
        checks.same(f"{how}: ike", (ike["messages"], sorted(x["copies"] for x in ike["exchanges"])),
                    (2, [2, 4]))
        checks.same(f"{how}: exchange", {x["exchange"] for x in ike["exchanges"]},
                    {"CREATE_CHILD_SA"})


def stored(checks, lacuna, folder):
    """A store tells of MKA what the report told."""
    db, path = folder / "store", folder / "mka.pcap"
    done = subprocess.run([lacuna, "analyze", "--json", "--db", db, path], capture_output=True,
                          text=True, timeout=120, check=True)
    told = json.loads(done.stdout)["mka"]

    def query(*words):
        return subprocess.run([lacuna, "query", "--db", db, *words], capture_output=True, text=True,
                              timeout=120, check=True).stdout

    checks.same("query mka", json.loads(query("mka", "--json")), told)
    last = told["events"][-1]["time"]
    checks.same("query mka --since", json.loads(query("mka", "--json", "--since", last))["events"],
                [e for e in told["events"] if e["time"] >= last])
    table = query("mka")
    checks.same("query mka, a table", ("key agreement (MKA) " + b"link-1".hex() in table,
                                       "GCM-AES-XPN-256" in table, "latest AN 1 (rx) from 1;" in table),
                (True, True, True))
    lines = query("mka", "--csv").splitlines()
    checks.same("query mka --csv", len(lines), 1 + len(told["events"]))
    checks.same("query tunnels", sorted(t["id"] for t in json.loads(
        query("tunnels", "--json"))["tunnels"]),
                ["ckn-" + b"link-1".hex(), f"macsec-{mac(0x30).hex()}0001"])


def main():
    lacuna = sys.argv[1]
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 18)
    checks = Checks()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        nestings(checks, lacuna, folder, rng)
        counters(checks, lacuna, folder)
        sent_again(checks, lacuna, folder)
        key_agreement(checks, lacuna, folder)
        stored(checks, lacuna, folder)
    print(f"{checks.done} figures compared, {checks.wrong} wrong")
    return 1 if checks.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
