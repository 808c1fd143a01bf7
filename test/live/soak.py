#!/usr/bin/env python3
"""A steady load for as long as one likes: memory stays flat, nothing is unexplained. A short run of it is
one of the tests; scripts/soak runs the long ones."""

import argparse

import lab

FLOWS = 200
SIZE_OF_PAGE = lab.resource.getpagesize()


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--duration", type=float, default=600, metavar="SECONDS")
    parser.add_argument("--pps", type=int, default=5000)
    parser.add_argument("--driver", choices=("af_xdp", "af_packet"), default="af_xdp")
    parser.add_argument("--db", action="store_true")
    return parser.parse_args()


def resident(pid):
    with open(f"/proc/{pid}/statm", encoding="utf-8") as file:
        return int(file.read().split()[1]) * SIZE_OF_PAGE


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / lab.os.sysconf("SC_CLK_TCK")


def mib(octets):
    return f"{octets / 2**20:.1f} MiB"


def main():
    lab.require_root()
    options = arguments()
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1")
        count = max(1000, int(options.duration * options.pps))
        pcap, truth = net.pcap("t.pcap", "--packets", str(count), "--flows", str(FLOWS), "--protocol",
                               "mixed", "--seed", "5", "--gap-rate", "0.002", "--reorder-rate",
                               "0.002", "--duplicate-rate", "0.001", "--size", "128")
        more = ["--db", f"{net.folder}/db"] if options.db else []
        probe = net.probe("b", "--interface", "v1", "--driver", options.driver,
                          *more).wait_until_running()
        pid = probe.process.pid
        sent = []
        sender = lab.threading.Thread(
            target=lambda: sent.append(net.send("a", "v0", pcap, options.pps,
                                                timeout=options.duration * 2 + 120)))
        begin = lab.time.monotonic()
        sender.start()
        memory = []
        while sender.is_alive():
            sender.join(max(0.5, options.duration / 60))
            memory.append(resident(pid))
            print(f"    {lab.time.monotonic() - begin:6.1f} s  {mib(memory[-1])}", flush=True)
        took, cpu = lab.time.monotonic() - begin, cpu_seconds(pid)
        lab.time.sleep(0.5)
        report = probe.stop()
        # Tables and caches fill up at first; from the middle on nothing may grow.
        middle, last = max(memory[:len(memory) // 2 + 1]), max(memory[len(memory) // 2:])
        packets, totals = report["packets"], report["totals"]
        print(f"    {sent[0]} frames in {took:.0f} s ({sent[0] / took:.0f}/s), CPU {cpu / took * 100:.1f} %"
              f" of one; dropped {packets['dropped']}; memory {mib(middle)} to {mib(last)}")
        # A store's write buffers, 64 MiB at most, fill up before they are written out.
        store = min(64, 16 * max(1, options.duration / 600))
        room = (store if options.db else 2) * 2**20
        lab.check("memory stays flat", last <= middle + room, [mib(m) for m in memory])
        wanted = lab.secured(truth["packets"])
        seen = lab.secured(packets)
        lab.check("everything that was sent is accounted for",
                  sent[0] == truth["packets"]["offered"]
                  and seen <= wanted <= seen + packets["dropped"], (sent, packets, wanted))
        lab.check("lost is what the capture lacks, more only where the probe dropped it",
                  totals["lost"] - totals["lost_blind"] <= truth["totals"]["lost"] <=
                  totals["lost"] + packets["dropped"], (totals, truth["totals"]["lost"]))
        if packets["dropped"] == 0:
            wrong = lab.differences(report, truth)
            lab.check("the report equals the truth", not wrong, wrong)
    lab.finish()


main()
