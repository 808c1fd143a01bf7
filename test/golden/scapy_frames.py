#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Frames built by scapy, an independent implementation, must be recognised by `lacuna analyze`.

scapy's MACsec and IPsec layers seal real packets with real keys; this script knows which secure
association and which number went into each, writes captures of four link types, and compares what
lacuna reports. Environment: LACUNA, the program (default: lacuna from PATH).
Exit status: 0 all as expected, 1 not, 77 scapy or python3-cryptography is missing (skipped)."""

import collections
import json
import logging
import os
import subprocess
import sys
import tempfile
import warnings

logging.getLogger("scapy").setLevel(logging.ERROR)
warnings.simplefilter("ignore")
try:
    import cryptography  # noqa: F401  scapy seals with it
    from scapy.config import conf
    from scapy.contrib.macsec import MACsecSA
    from scapy.contrib.mpls import MPLS
    from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption_NOP, fragment
    from scapy.layers.inet6 import (ICMPv6EchoRequest, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
                                    IPv6ExtHdrHopByHop, IPv6ExtHdrRouting)
    from scapy.layers.ipsec import AH, ESP, SecurityAssociation
    from scapy.layers.isakmp import ISAKMP
    from scapy.layers.l2 import ARP, LLC, SNAP, CookedLinux, Dot1AD, Dot1Q, Dot3, Ether
    from scapy.packet import Raw
    from scapy.utils import RawPcapWriter
except ImportError as missing:
    print(f"skipped: {missing} (apt install python3-scapy python3-cryptography)")
    sys.exit(77)
conf.verb = 0

KEY = bytes(range(16))
HERE, THERE = "192.0.2.1", "198.51.100.2"
HERE6, THERE6 = "2001:db8::1", "2001:db8:0:1::2"
MAC = "02:11:22:33:44:55"
SCI = bytes.fromhex("0211223344550001")
PEER = bytes.fromhex("02aabbccddee0007")


class Expected:
    """One capture and what lacuna must say of it."""

    def __init__(self, name, link):
        self.name, self.link = name, link
        self.frames = []
        self.numbers = collections.defaultdict(list)
        self.classes = collections.Counter()
        self.other = collections.Counter()
        self.assumed = set()

    def secured(self, cls, packet, *seen):
        """`seen`: (id, number), outermost first."""
        self.frames.append(bytes(packet))
        self.classes[cls] += 1
        for identity, number in seen:
            self.numbers[identity].append(number)

    def plain(self, name, packet):
        self.frames.append(bytes(packet))
        self.classes["other"] += 1
        self.other[name] += 1

    def malformed(self, octets):
        self.frames.append(bytes(octets))
        self.classes["malformed"] += 1


def macsec(sci, an, pn, frame, *, encrypt=True, send_sci=True, icvlen=16, es=0, scb=0):
    """An Ethernet frame sealed by scapy; the frame's octets."""
    sa = MACsecSA(sci=sci, an=an, pn=pn, key=KEY, icvlen=icvlen, encrypt=encrypt, send_sci=send_sci)
    sealed = sa.encrypt(sa.encap(frame))
    sealed["MACsec"].ES, sealed["MACsec"].SCB = es, scb
    return sealed


def user(payload=None):
    ip = payload or IP(src=HERE, dst=THERE) / UDP(sport=1, dport=2) / Raw(b"user data")
    return Ether(src=MAC, dst="02:00:00:00:00:99") / ip


def esp_sa(spi, **more):
    return SecurityAssociation(ESP, spi=spi, crypt_algo="AES-GCM", crypt_key=KEY + b"salt", **more)


def ah_sa(spi, **more):
    return SecurityAssociation(AH, spi=spi, auth_algo="HMAC-SHA1-96", auth_key=KEY, **more)


def ethernet():
    x = Expected("Ethernet", 1)
    sci, peer = SCI.hex(), PEER.hex()

    # MACsec: explicit SCI, all four ANs, encrypted and integrity alone.
    for an in range(4):
        for pn in (1, 2, 0xFFFFFFFF):
            x.secured("macsec", macsec(PEER, an, pn, user()), (f"macsec-{peer}-{an}", pn))
    x.secured("macsec", macsec(PEER, 0, 90, user(), encrypt=False), (f"macsec-{peer}-0", 90))
    x.secured("macsec", macsec(PEER, 0, 91, user(), encrypt=False, icvlen=8),
              (f"macsec-{peer}-0", 91))
    # 64-bit packet numbers: the lower half is on the wire.
    xpn = MACsecSA(sci=PEER, an=1, pn=(7 << 32) + 5, key=KEY, icvlen=16, encrypt=True,
                   send_sci=True, xpn_en=True, ssci=1, salt=bytes(12))
    x.secured("macsec", xpn.encrypt(xpn.encap(user())), (f"macsec-{peer}-1", 5))
    # Implicit SCI: from the source address.
    x.secured("macsec", macsec(SCI, 2, 41, user(), send_sci=False, es=1),
              (f"macsec-{sci}-2", 41))
    x.secured("macsec", macsec(SCI, 3, 42, user(), send_sci=False), (f"macsec-{sci}-3", 42))
    x.assumed.add(f"macsec-{sci}-3")
    broadcast = sci[:-4] + "0000"
    sealed = macsec(bytes.fromhex(broadcast), 1, 43, user(), send_sci=False, es=1, scb=1)
    x.secured("macsec", sealed, (f"macsec-{broadcast}-1", 43))
    # Tags in front.
    sealed = macsec(PEER, 2, 50, user())
    tag = sealed["MACsec"]
    head = Ether(src=MAC, dst="02:00:00:00:00:99")
    x.secured("macsec", head / Dot1Q(vlan=7) / tag, (f"macsec-{peer}-2", 50))
    x.secured("macsec", head / Dot1AD(vlan=9) / Dot1Q(vlan=7) / tag, (f"macsec-{peer}-2", 50))

    # ESP and AH, transport and tunnel mode, either family.
    udp = IP(src=HERE, dst=THERE) / UDP(sport=1, dport=2) / Raw(b"user data")
    udp6 = IPv6(src=HERE6, dst=THERE6) / UDP(sport=1, dport=2) / Raw(b"user data")
    for seq in (1, 2, 3, 0xFFFFFFFE):
        x.secured("esp", head / esp_sa(0x11).encrypt(udp, seq_num=seq),
                  (f"esp-00000011-{THERE}", seq))
        x.secured("esp", head / esp_sa(0x12).encrypt(udp6, seq_num=seq),
                  (f"esp-00000012-{THERE6}", seq))
        x.secured("ah", head / ah_sa(0x13).encrypt(udp, seq_num=seq),
                  (f"ah-00000013-{THERE}", seq))
        x.secured("ah", head / ah_sa(0x14).encrypt(udp6, seq_num=seq),
                  (f"ah-00000014-{THERE6}", seq))
    gate = IP(src="203.0.113.1", dst="203.0.113.2")
    gate6 = IPv6(src="fe80::1", dst="fe80::2")
    x.secured("esp", head / esp_sa(0xC0FFEE, tunnel_header=gate).encrypt(udp, seq_num=5),
              ("esp-00c0ffee-203.0.113.2", 5))
    x.secured("esp", head / esp_sa(0x15, tunnel_header=gate6).encrypt(udp6, seq_num=6),
              ("esp-00000015-fe80::2", 6))
    x.secured("ah", head / ah_sa(0x16, tunnel_header=gate).encrypt(udp, seq_num=7),
              ("ah-00000016-203.0.113.2", 7))
    # ESP in UDP.
    natt = esp_sa(0x1017, nat_t_header=UDP(sport=4500, dport=4500))
    x.secured("esp", head / natt.encrypt(udp, seq_num=8), (f"esp-00001017-{THERE}", 8))
    # ESP behind AH; ESP inside an AH tunnel; both are associations of their own.
    inner = esp_sa(0x18).encrypt(udp, seq_num=9)
    x.secured("ah", head / ah_sa(0x19).encrypt(inner, seq_num=10),
              (f"ah-00000019-{THERE}", 10), (f"esp-00000018-{THERE}", 9))
    x.secured("ah", head / ah_sa(0x1A, tunnel_header=gate).encrypt(inner, seq_num=11),
              ("ah-0000001a-203.0.113.2", 11), (f"esp-00000018-{THERE}", 9))
    # ESP inside MACsec that only protects integrity.
    x.secured("macsec", macsec(PEER, 3, 60, user(inner), encrypt=False),
              (f"macsec-{peer}-3", 60), (f"esp-00000018-{THERE}", 9))
    # To a group the source is part of the identity.
    group = IP(src=HERE, dst="239.1.2.3") / UDP() / Raw(b"x")
    x.secured("esp", head / esp_sa(0x1B).encrypt(group, seq_num=12),
              (f"esp-0000001b-239.1.2.3-{HERE}", 12))
    group6 = IPv6(src=HERE6, dst="ff0e::1:2") / UDP() / Raw(b"x")
    x.secured("esp", head / esp_sa(0x1C).encrypt(group6, seq_num=13),
              (f"esp-0000001c-ff0e::1:2-{HERE6}", 13))
    # Headers in between.
    raw = ESP(spi=0x1D, seq=14, data=b"sealed" * 8)
    seen = (f"esp-0000001d-{THERE}", 14)
    seen6 = (f"esp-0000001d-{THERE6}", 14)
    ip, ip6 = IP(src=HERE, dst=THERE), IPv6(src=HERE6, dst=THERE6)
    x.secured("esp", head / Dot1Q() / ip / raw, seen)
    x.secured("esp", head / IP(src=HERE, dst=THERE, options=[IPOption_NOP()] * 8) / raw, seen)
    labels = MPLS(label=16, s=0) / MPLS(label=17, s=1)
    x.secured("esp", Ether(src=MAC, type=0x8847) / labels / ip / raw, seen)
    x.secured("esp", Dot3(src=MAC) / LLC() / SNAP() / ip / raw, seen)
    x.secured("esp", head / IP(src="10.0.0.1", dst="10.0.0.2") / ip / raw, seen)
    x.secured("esp", head / IP(src="10.0.0.1", dst="10.0.0.2") / ip6 / raw, seen6)
    x.secured("esp", head / ip6 / IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / raw, seen6)
    routing = IPv6ExtHdrRouting(addresses=["2001:db8::9"], segleft=1)
    x.secured("esp", head / ip6 / routing / raw, seen6)
    x.secured("esp", head / ip6 / IPv6ExtHdrFragment(nh=50, m=1) / raw, seen6)
    pieces = fragment(ip / ESP(spi=0x1E, seq=15, data=bytes(3000)), fragsize=1000)
    x.secured("esp", head / pieces[0], (f"esp-0000001e-{THERE}", 15))
    for later in pieces[1:]:
        x.plain("ip-fragment", head / later)
    x.plain("ip-fragment", head / ip6 / IPv6ExtHdrFragment(nh=50, offset=100) / raw)

    # Everything else.
    x.plain("arp", head / ARP())
    x.plain("ipv4/tcp", head / ip / TCP())
    x.plain("ipv6/tcp", head / ip6 / TCP())
    x.plain("ipv4/udp", head / udp)
    x.plain("ipv6/udp", head / udp6)
    x.plain("icmp", head / ip / ICMP(type=3, code=1) / IP(src=THERE, dst=HERE) / raw)
    x.plain("icmpv6", head / ip6 / ICMPv6EchoRequest())
    x.plain("ike", head / ip / UDP(sport=500, dport=500) / ISAKMP())
    x.plain("ike", head / ip / UDP(sport=4500, dport=4500) / Raw(bytes(4)) / ISAKMP())
    keepalive = bytes(head / ip / UDP(sport=4500, dport=4500) / Raw(b"\xff"))
    x.plain("natt-keepalive", keepalive)
    x.plain("natt-keepalive", keepalive + bytes(17))
    x.malformed(bytes(sealed)[:14 + 13])
    x.malformed(bytes(head / ip / raw)[:14 + 20 + 7])
    x.malformed(bytes(head / ip6 / AH(spi=1, seq=1))[:14 + 40 + 11])
    return x


def raw_ip():
    x = Expected("raw IP", 101)
    x.secured("esp", esp_sa(0x21).encrypt(IP(src=HERE, dst=THERE) / TCP(), seq_num=1),
              (f"esp-00000021-{THERE}", 1))
    x.secured("ah", ah_sa(0x22).encrypt(IPv6(src=HERE6, dst=THERE6) / TCP(), seq_num=2),
              (f"ah-00000022-{THERE6}", 2))
    x.plain("ipv4/tcp", IP() / TCP())
    return x


def cooked(name, link, head):
    """`head` makes a cooked header with the source address MAC for an EtherType."""
    x = Expected(name, link)
    tag = macsec(PEER, 1, 3, user())["MACsec"]
    implicit = macsec(SCI, 1, 4, user(), send_sci=False, es=1)["MACsec"]
    x.secured("macsec", head(0x88E5) + bytes(tag), (f"macsec-{PEER.hex()}-1", 3))
    x.secured("macsec", head(0x88E5) + bytes(implicit), (f"macsec-{SCI.hex()}-1", 4))
    sealed = esp_sa(0x31).encrypt(IP(src=HERE, dst=THERE) / TCP(), seq_num=5)
    x.secured("esp", head(0x0800) + bytes(sealed), (f"esp-00000031-{THERE}", 5))
    x.secured("esp", head(0x8100) + bytes(Dot1Q(type=0x86DD) / IPv6(src=HERE6, dst=THERE6)
                                          / ESP(spi=0x32, seq=6, data=bytes(8))),
              (f"esp-00000032-{THERE6}", 6))
    x.plain("arp", head(0x0806) + bytes(ARP()))
    return x


def cooked_v1(ethertype):
    address = bytes.fromhex(MAC.replace(":", "")) + bytes(2)
    return bytes(CookedLinux(lladdrlen=6, src=address, proto=ethertype))


def cooked_v2(ethertype):
    address = bytes.fromhex(MAC.replace(":", "")) + bytes(2)
    return ethertype.to_bytes(2, "big") + bytes(2) + (3).to_bytes(4, "big") + b"\0\1\0\6" + address


def check(expected, program, folder):
    """The differences between what `expected` says and what lacuna says, as lines."""
    path = os.path.join(folder, "frames.pcap")
    writer = RawPcapWriter(path, linktype=expected.link, sync=True)
    for octets in expected.frames:
        writer.write(octets)
    writer.close()
    run = subprocess.run([program, "analyze", "--json", path], stdout=subprocess.PIPE, check=False)
    if run.returncode != 0:
        return [f"exit status {run.returncode}"]
    report = json.loads(run.stdout)

    wrong = []

    def compare(what, got, want):
        if got != want:
            wrong.append(f"{what}: {got}, expected {want}")

    for cls in ("macsec", "esp", "ah", "other", "malformed"):
        compare(f"packets.{cls}", report["packets"][cls], expected.classes[cls])
    compare("packets.offered", report["packets"]["offered"], len(expected.frames))
    compare("bytes", report["bytes"], sum(map(len, expected.frames)))
    compare("other", report["other"], dict(expected.other))
    flows = {flow["id"]: flow for flow in report["flows"]}
    for identity in sorted(set(flows) | set(expected.numbers)):
        numbers = expected.numbers.get(identity)
        flow = flows.get(identity)
        if flow is None or numbers is None:
            wrong.append(f"{identity}: {'not seen' if flow is None else 'invented'}")
            continue
        compare(f"{identity} received", flow["received"], len(numbers))
        compare(f"{identity} first", flow["first"], numbers[0])
        compare(f"{identity} sci_assumed", flow.get("sci_assumed", False),
                identity in expected.assumed)
    return wrong


def main():
    program = os.environ.get("LACUNA", "lacuna")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for expected in (ethernet(), raw_ip(), cooked("Linux cooked v1", 113, cooked_v1),
                         cooked("Linux cooked v2", 276, cooked_v2)):
            wrong = check(expected, program, folder)
            failed = failed or bool(wrong)
            print(f"{expected.name}: {len(expected.frames)} frames, {len(expected.numbers)} SAs: "
                  + ("FAILED" if wrong else "ok"))
            for line in wrong:
                print("  " + line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
