#!/usr/bin/env python3
"""More than the probe can take: received, lost and dropped by the probe explain every packet sent,
and what the probe dropped is called its own, not the network's."""

import lab

# Nothing is missing in the capture, so every lost number is one the probe dropped.
TRAFFIC = "--packets 400000 --flows 40 --protocol ipsec --ipv6-ratio 0 --size 150 --seed 6".split()


def overload(name, arguments, slow):
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1")
        pcap, truth = net.pcap("t.pcap", *TRAFFIC)
        probe = net.probe("b", "--interface", "v1", *arguments).wait_until_running()
        stalls = lab.threading.Event()
        thread = lab.threading.Thread(target=stall, args=(probe, stalls))
        if slow:
            thread.start()
        sent = net.send("a", "v0", pcap)
        stalls.set()
        if slow:
            thread.join()
        lab.time.sleep(0.5)
        stats = net.ip("a", "-s", "-j", "link", "show", "v0").stdout
        not_sent = lab.json.loads(stats)[0]["stats64"]["tx"]["dropped"]
        report = probe.stop()
        packets, totals = report["packets"], report["totals"]
        detail = (sent, not_sent, packets, totals, report["probe"], report.get("notes"))
        lab.check(f"{name}: all was sent", sent == truth["packets"]["offered"], detail)
        wanted = lab.secured(truth["packets"])
        lab.check(f"{name}: received and dropped are what was sent", wanted == sent
                  and totals["received"] + packets["dropped"] + not_sent == sent, detail)
        edge = sum(f["first"] - 1 for f in report["flows"])
        edge += sum(truth_of["highest"] - f["highest"] for f in report["flows"]
                    for truth_of in truth["flows"] if truth_of["id"] == f["id"])
        lab.check(f"{name}: received and lost are what was sent",
                  totals["received"] + totals["lost"] + edge == wanted, detail + (edge,))
        if slow:
            lab.check(f"{name}: it was too much", packets["dropped"] > 1000, detail)
        lab.check(f"{name}: none of it is called the network's",
                  totals["lost"] - totals["lost_blind"] <= not_sent, detail)
        lab.check(f"{name}: what was received counted as what it is",
                  packets["offered"] == packets["macsec"] + packets["esp"] + packets["ah"] +
                  packets["other"] + packets["malformed"] + packets["dropped"], packets)


def stall(probe, stalls):
    """Stops the probe for moments again and again, whatever the machine's speed. Its process is the
    one that was started: `ip netns exec` becomes it."""
    pid = probe.process.pid
    while not stalls.is_set():
        lab.os.kill(pid, lab.signal.SIGSTOP)
        lab.time.sleep(0.15)
        lab.os.kill(pid, lab.signal.SIGCONT)
        lab.time.sleep(0.1)


def main():
    lab.require_root()
    overload("af_xdp", [], True)
    overload("af_xdp generic, pipeline", ["--xdp", "generic", "--layout", "pipeline"], True)
    overload("af_packet", ["--driver", "af_packet"], True)
    overload("af_xdp, not stopped", [], False)
    lab.finish()


main()
