#!/usr/bin/env python3
"""A live run whose disk fills up goes on tracking, counts what it could not store, and stores again
once there is room. On a small tmpfs."""

import os

import lab

TRAFFIC = ("--packets 200000 --flows 10 --protocol ipsec --gap-rate 0.02 --seed 8").split()


def full(net):
    disk = f"{net.folder}/disk"
    os.mkdir(disk)
    lab.sh("mount", "-t", "tmpfs", "-o", "size=64m", "none", disk)
    try:
        fill_and_free(net, disk)
    finally:
        lab.sh("umount", "-l", disk)


def fill_and_free(net, disk):
    db = f"{disk}/db"
    pcap, _ = net.pcap("t.pcap", *TRAFFIC)
    probe = net.probe("b", "--interface", "v1", "--driver", "af_packet", "--db", db,
                      "--spill-interval", "100ms").wait_until_running()
    sent = net.send("a", "v0", pcap, 20000)
    lab.check("events are stored", lab.wait_for(lambda: query(db, "gaps")["count"] > 0))
    # Not buffered: what is left of a write that did not fit would fail again at the end.
    with open(f"{disk}/ballast", "wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(1 << 16))
        except OSError:
            pass
    for _ in range(3):
        sent += net.send("a", "v0", pcap, 20000)
    lab.check("a full disk is said", lab.wait_for(lambda: said(probe, "disk is full")), probe.said)
    before = len(query(db, "events")["events"])
    sent += net.send("a", "v0", pcap, 20000)
    lab.check("the run goes on", probe.process.poll() is None)
    os.unlink(f"{disk}/ballast")
    lab.check("with room it stores again", lab.wait_for(lambda: said(probe, "written again")),
              probe.said)
    sent += net.send("a", "v0", pcap, 20000)
    lab.time.sleep(0.5)
    report = probe.stop()
    lab.check("all was tracked", lab.secured(report["packets"]) + report["packets"]["dropped"]
              == sent, (report["packets"], sent))
    lab.check("what was not stored is counted", report["probe"]["events_lost"] > 0, report["probe"])
    lab.check("an event tells of it", any(e["kind"] == "store_resumed" and e["records"] > 0 for e in
                                          query(db, "events")["events"][before:]),
              query(db, "events"))
    lab.check("totals are the report's", query(db, "summary")["totals"] == report["totals"])
    lab.check("and so is every SA", sorted(f["received"] for f in query(db, "flows")["flows"])
              == sorted(f["received"] for f in report["flows"]))
    lab.check("the run has ended", query(db, "runs")["runs"][-1]["state"] == "ended")


def said(probe, words):
    return any(words in line for line in probe.said)


def query(db, what):
    done = lab.subprocess.run([lab.LACUNA, "query", "--db", db, what, "--json"], text=True,
                              capture_output=True, check=False, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(done)
    return lab.json.loads(done.stdout)


def main():
    lab.require_root()
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1")
        full(net)
    lab.finish()


main()
