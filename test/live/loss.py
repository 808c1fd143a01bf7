#!/usr/bin/env python3
"""Loss made by the network equals the loss lacuna reports: real ESP and MACsec frames, sealed with
real keys, cross a namespace where nftables drops some at random and counts them.

The kernel that tests run on may have neither ESP nor MACsec, so scapy seals the frames."""

import random

import lab

try:
    from scapy.all import Ether, IP, IPv6, UDP, Raw, wrpcap
    from scapy.contrib.macsec import MACsecSA
    from scapy.layers.ipsec import ESP, AH, SecurityAssociation
except ImportError as error:
    print(f"scapy or python3-cryptography is missing: {error}")
    lab.sys.exit(1 if lab.os.environ.get("CI") else 77)

COUNT = 800
PPS = 2000
SA_MAC = "02:11:22:33:44:55"


def esp_frames(router):
    """Two ESP associations and one of AH to the host behind the router."""
    ends = {"src": "10.8.1.1", "dst": "10.8.2.2"}
    sas = [SecurityAssociation(ESP, spi=0x1001, crypt_algo="AES-GCM", crypt_key=b"k" * 20,
                               tunnel_header=IP(**ends)),
           SecurityAssociation(ESP, spi=0x1002, crypt_algo="AES-CBC", crypt_key=b"k" * 16,
                               auth_algo="HMAC-SHA1-96", auth_key=b"a" * 20,
                               tunnel_header=IP(**ends), nat_t_header=UDP(sport=4500, dport=4500)),
           SecurityAssociation(AH, spi=0x1003, auth_algo="HMAC-SHA1-96", auth_key=b"a" * 20,
                               tunnel_header=IP(**ends))]
    rng = random.Random(4)
    inner = IP(src="192.0.2.1", dst="192.0.2.2") / UDP(sport=9, dport=9)
    return [Ether(dst=router) / sa.encrypt(inner / Raw(rng.randbytes(rng.randint(10, 600))))
            for _ in range(COUNT) for sa in sas]


def macsec_frames():
    sas = [MACsecSA(sci=bytes.fromhex("021122334455") + bytes([0, port]), an=port - 1, pn=1,
                    key=b"k" * 16, icvlen=16, encrypt=True, send_sci=True) for port in (1, 2)]
    rng = random.Random(5)
    frames = []
    for _ in range(COUNT):
        for sa in sas:
            plain = Ether(src=SA_MAC, dst="01:80:c2:00:00:7f") / IP(dst="192.0.2.9") / Raw(
                rng.randbytes(rng.randint(30, 600)))
            frames.append(sa.encrypt(sa.encap(plain)))
            sa.pn += 1
    return frames


def counted(net):
    rules = lab.json.loads(net.run("m", "nft", "-j", "list", "ruleset").stdout)["nftables"]
    return sum(e["counter"]["packets"] for r in rules if "rule" in r
               for e in r["rule"]["expr"] if "counter" in e)


def experiment(name, net, device, frames, rules, flows, arguments=()):
    """Sends the frames through namespace m, whose rules drop some."""
    pcap = f"{net.folder}/{name}.pcap"
    wrpcap(pcap, frames)
    with open(f"{net.folder}/rules", "w", encoding="utf-8") as file:
        file.write(rules)
    net.run("m", "nft", "flush", "ruleset")
    net.run("m", "nft", "-f", f"{net.folder}/rules")
    # The first and last of every SA must arrive: loss before and behind them nobody can see.
    probe = net.probe("b", "--interface", "v1", *arguments).wait_until_running()
    net.send("a", device, pcap, PPS)
    lab.time.sleep(0.5)
    report = probe.stop()
    lost, dropped = report["totals"]["lost"], report["packets"]["dropped"]
    net_lost = counted(net)
    edge = sum(f["first"] - 1 + (COUNT - f["highest"]) for f in report["flows"])
    detail = (report["packets"], report["totals"], net_lost, edge)
    lab.check(f"{name}: all associations arrived", len(report["flows"]) == flows, detail)
    lab.check(f"{name}: the network lost some", net_lost > COUNT * flows / 100, detail)
    lab.check(f"{name}: lacuna's lost is the counter's, less what nobody can see",
              lost - report["totals"]["lost_blind"] <= net_lost
              and lost + edge == net_lost + dropped, detail)
    lab.check(f"{name}: the probe dropped nothing, or says so",
              dropped == 0 or report["totals"]["lost_blind"] > 0, detail)
    lab.check(f"{name}: every frame is explained",
              report["totals"]["received"] + dropped + net_lost == len(frames), detail)


def main():
    lab.require_root()
    with lab.Lab("a", "m", "b") as net:
        net.join("a", "v0", "m", "m0", ("10.8.1.1/24", "10.8.1.254/24"))
        net.join("m", "m1", "b", "v1", ("10.8.2.254/24", "10.8.2.2/24"))
        net.run("m", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        router = lab.json.loads(net.run("m", "ip", "-j", "link", "show", "m0").stdout)[0]["address"]
        # The router must know its neighbour before the first packet, or it would hold some back.
        target = lab.json.loads(net.run("b", "ip", "-j", "link", "show", "v1").stdout)[0]["address"]
        net.run("m", "ip", "neigh", "replace", "10.8.2.2", "lladdr", target, "dev", "m1")
        drop = ("table ip t {\n chain c {\n  type filter hook forward priority 0\n"
                "  numgen random mod 100 < 5 counter drop\n }\n}\n")
        frames = esp_frames(router)
        experiment("esp", net, "v0", frames, drop, 3)
        experiment("esp, af_packet", net, "v0", frames, drop, 3, ["--driver", "af_packet"])
        # MACsec is no routed protocol: the first link's frames are handed to the second as they are.
        bridge = ("table netdev t {\n chain c {\n  type filter hook ingress device m0 priority 0\n"
                  "  ether type 0x88e5 numgen random mod 100 < 5 counter drop\n"
                  "  ether type 0x88e5 fwd to m1\n }\n}\n")
        experiment("macsec", net, "v0", macsec_frames(), bridge, 2)
    lab.finish()


main()
