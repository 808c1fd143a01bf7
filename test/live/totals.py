#!/usr/bin/env python3
"""What lacuna reports of live traffic equals the truth, through every driver the kernel offers, while
other traffic on the same interface goes its way.

At a rate a probe can take nothing is dropped. Should a loaded machine drop something nevertheless,
that must be accounted for, and the traffic is sent again; once in three it must arrive whole."""

import lab

TRAFFIC = ("--packets 12000 --flows 24 --protocol mixed --seed 11 --gap-rate 0.01 "
           "--reorder-rate 0.01 --duplicate-rate 0.005 --ipv6-ratio 0.3 "
           "--vlan 7,random --vlan-ratio 0.2").split()
PPS = 6000


def send_and_compare(name, net, probe_arguments, sender, device, everything):
    pcap, truth = net.pcap("t.pcap", *TRAFFIC)
    for attempt in range(3):
        probe = net.probe("b", *probe_arguments).wait_until_running()
        sent = net.send(sender, device, pcap, PPS)
        lab.time.sleep(0.5)
        report = probe.stop()
        packets, dropped = report["packets"], report["packets"]["dropped"]
        lab.check(f"{name}: all of the capture was sent", sent == truth["packets"]["offered"], sent)
        wanted = lab.secured(truth["packets"])
        seen = lab.secured(packets)
        if everything:
            lab.check(f"{name}: every frame is accounted for",
                      packets["offered"] >= sent and seen + dropped >= wanted, packets)
        else:
            lab.check(f"{name}: every secured frame is accounted for",
                      seen + dropped >= wanted, packets)
        if dropped == 0:
            wrong = lab.differences(report, truth)
            lab.check(f"{name}: the report equals the truth", not wrong, wrong)
            return
        extra = report["totals"]["lost"] - truth["totals"]["lost"]
        lab.check(f"{name}: loss of the probe is called so",
                  extra <= dropped and report["totals"]["lost_blind"] >= extra,
                  (report["totals"], packets))
        print(f"    {dropped} dropped in attempt {attempt + 1}")
    lab.check(f"{name}: nothing is dropped at {PPS} packets a second", False)


def veth(name, arguments, beside=False, everything=False, steps=None):
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1", ("10.9.0.1/24", "10.9.0.2/24"))
        pings = []
        pinger = lab.threading.Thread(target=lambda: pings.append(net.pings("a", "10.9.0.2", 30)))
        if beside:
            pinger.start()
        send_and_compare(name, net, ["--interface", "v1", *arguments], "a", "v0", everything)
        if beside:
            pinger.join()
            lab.check(f"{name}: ping goes on", pings == [30], pings)
        lab.check(f"{name}: no program stays attached", net.xdp("b", "v1") == "", net.xdp("b", "v1"))
        if steps:
            steps(net)


def steered(net):
    """Everything that is not secured reaches the kernel, and what is does not."""
    with open(f"{net.folder}/rules", "w", encoding="utf-8") as file:
        file.write("table ip t {\n chain c {\n  type filter hook prerouting priority 0\n"
                   "  meta l4proto esp counter\n  meta l4proto icmp counter\n }\n}\n")
    net.run("b", "nft", "-f", f"{net.folder}/rules")
    pcap, _ = net.pcap("esp.pcap", *"--packets 200 --flows 2 --protocol ipsec --seed 2".split())
    probe = net.probe("b", "--interface", "v1").wait_until_running()
    net.send("a", "v0", pcap, 2000)
    answered = net.pings("a", "10.9.0.2", 5)
    report = probe.stop()
    rules = lab.json.loads(net.run("b", "nft", "-j", "list", "ruleset").stdout)["nftables"]
    counts = [e["counter"]["packets"] for r in rules if "rule" in r
              for e in r["rule"]["expr"] if "counter" in e]
    lab.check("beside: the kernel sees no ESP and all of ICMP",
              counts == [0, 5] and answered == 5, (counts, answered))
    lab.check("beside: lacuna sees the ESP", lab.secured(report["packets"]) == 200,
              report["packets"])
    port = report["ports"][0]
    verdicts = port["steering"]
    lab.check("beside: what was granted is told", port["driver"] == "net_af_xdp"
              and any("XDP" in line for line in port["granted"]), port)
    lab.check("beside: every verdict of the program is counted",
              sum(verdicts[v] for v in ("macsec", "esp", "ah", "natt", "taken"))
              == port["received"] + port["missed"] and verdicts["passed"] >= 5
              and verdicts["esp"] + verdicts["ah"] + verdicts["natt"] == port["received"],
              report["ports"])


def main():
    lab.require_root()
    veth("af_xdp native", ["--xdp", "native"], beside=True, steps=steered)
    veth("af_xdp generic", ["--xdp", "generic"], beside=True)
    veth("af_xdp, all frames", ["--mode", "passive"], everything=True)
    veth("af_xdp, pipeline", ["--layout", "pipeline:rx=1,parse=1,work=2"], beside=True)
    veth("af_packet", ["--driver", "af_packet"], beside=True, everything=True)
    veth("af_packet, pipeline", ["--driver", "af_packet", "--layout",
                                 "pipeline:rx=1,parse=1,work=2"], beside=True, everything=True)
    with lab.Lab("b") as net:
        send_and_compare("tap", net, ["--interface", "tap7", "--driver", "tap"], "b", "tap7", True)
    lab.finish()


main()
