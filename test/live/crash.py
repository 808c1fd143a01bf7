#!/usr/bin/env python3
"""A lacuna killed at work leaves nothing attached and loses nothing it had stored; a program left
behind by an older one is taken off, one of somebody else is not touched."""

import lab

TRAFFIC = ("--packets 30000 --flows 10 --protocol ipsec --gap-rate 0.02 --seed 8").split()


def killed(net):
    db = f"{net.folder}/db"
    pcap, _ = net.pcap("t.pcap", *TRAFFIC)
    probe = net.probe("b", "--interface", "v1", "--db", db).wait_until_running()
    lab.check("a program is attached while lacuna runs", "lacuna_steer" in net.xdp("b", "v1"))
    net.send("a", "v0", pcap, 20000)
    stored = lab.wait_for(lambda: gaps_stored(db) > 0)
    lab.check("gaps are in the store before the run ends", stored)
    before = gaps_stored(db)
    probe.kill()
    gone = lab.wait_for(lambda: net.xdp("b", "v1") == "")
    lab.check("nothing is attached after kill -9", gone, net.xdp("b", "v1"))
    lab.check("the interface is not promiscuous any more",
              lab.wait_for(lambda: not promiscuous(net)), net.ip("b", "link", "show", "v1").stdout)
    after = gaps_stored(db)
    lab.check("the store lost nothing", after >= before > 0, (before, after))

    again = net.probe("b", "--interface", "v1", "--db", db).wait_until_running()
    sent = net.send("a", "v0", pcap, 8000)
    lab.time.sleep(0.5)
    report = again.stop()
    lab.check("the next run works", lab.secured(report["packets"]) + report["packets"]["dropped"]
              >= sent * 0.9, report["packets"])
    runs = lab.json.loads(lab.sh(lab.LACUNA, "query", "--db", db, "runs", "--json").stdout)["runs"]
    lab.check("both runs are in the store", len(runs) == 2, runs)
    config = lab.json.dumps(runs)
    lab.check("with the configuration they had", "port.1.interface" in config, config)


def promiscuous(net):
    link = lab.json.loads(net.ip("b", "-d", "-j", "link", "show", "v1").stdout)[0]
    return link.get("promiscuity", 0) != 0


def gaps_stored(db):
    done = lab.subprocess.run([lab.LACUNA, "query", "--db", db, "gaps", "--json"], text=True,
                              capture_output=True, check=False, timeout=60)
    return lab.json.loads(done.stdout)["count"] if done.returncode == 0 else 0


def left_behind(net, objects):
    """As an older kernel, or a crash in the middle of starting, leaves it: attached by netlink."""
    net.ip("b", "link", "set", "dev", "v1", "xdp", "obj", f"{objects}/steer_beside.bpf.o", "sec",
           "xdp")
    lab.check("a program stands by itself", "lacuna_steer" in net.xdp("b", "v1"))
    probe = net.probe("b", "--interface", "v1").wait_until_running()
    lab.check("lacuna says that it took it off", any("left behind" in s for s in probe.said),
              probe.said)
    report = probe.stop()
    lab.check("and that is that", net.xdp("b", "v1") == "" and "packets" in report)


def foreign(net):
    source = f"{net.folder}/other.c"
    with open(source, "w", encoding="utf-8") as file:
        file.write('__attribute__((section("xdp"), used)) int somebody(void* c) { return 2; }\n'
                   'char _license[] __attribute__((section("license"), used)) = "GPL";\n')
    lab.sh("clang", "-O2", "-g", "-target", "bpf", "-c", source, "-o", source + ".o")
    net.ip("b", "link", "set", "dev", "v1", "xdp", "obj", source + ".o", "sec", "xdp")
    probe = net.probe("b", "--interface", "v1")
    status = probe.wait()
    lab.check("a program of somebody else is refused in one line that names it",
              status == 1 and len(probe.said) == 1 and "somebody" in probe.said[0]
              and "xdp off" in probe.said[0], (status, probe.said))
    lab.check("and stays", "somebody" in net.xdp("b", "v1"), net.xdp("b", "v1"))
    net.ip("b", "link", "set", "dev", "v1", "xdp", "off")


def second(net):
    first = net.probe("b", "--interface", "v1").wait_until_running()
    other = net.probe("b", "--interface", "v1")
    status = other.wait()
    lab.check("a second lacuna on the interface is refused, the first goes on",
              status == 1 and "another lacuna" in other.said[-1]
              and "lacuna_steer" in net.xdp("b", "v1"), (status, other.said))
    first.stop()


def main():
    lab.require_root()
    objects = lab.sys.argv[1]
    for experiment in (killed, lambda net: left_behind(net, objects), foreign, second):
        with lab.Lab("a", "b") as net:
            net.join("a", "v0", "b", "v1")
            experiment(net)
    lab.finish()


main()
