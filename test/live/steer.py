#!/usr/bin/env python3
"""What a port beside the kernel takes is chosen by name: the kernel's own VXLAN and GRE go on unless
they are named; where tunnels are named, lacuna gets all of them, and ping is untouched."""

import lab

TRAFFIC = ("--packets 6000 --flows 12 --protocol ipsec --seed 5 --gap-rate 0.01 --natt-ratio 0.2 "
           "--ipv6-ratio 0.3 --size 64-1200").split()
TAKE = "macsec,esp,ah,vxlan,gre,pppoe"
PPS = 4000


def tunnels(net):
    """VXLAN and, where the kernel has it, GRE of the kernel's own between both ends; networks."""
    kinds = {"vx0": ("vxlan", "id", "5", "dstport", "4789"), "gr0": ("gre",)}
    networks = [9]
    for space, own, peer in (("a", 1, 2), ("b", 2, 1)):
        ends = ("local", f"10.9.0.{own}", "remote", f"10.9.0.{peer}")
        for network, (device, kind) in enumerate(kinds.items(), 10):
            added = lab.subprocess.run(["ip", "-n", net.spaces[space], "link", "add", device, "type",
                                        *kind, *ends], capture_output=True, text=True, check=False)
            if added.returncode != 0:
                lab.check(f"{device}: the kernel has no {kind[0]}", kind[0] == "gre", added.stderr)
                continue
            net.ip(space, "addr", "add", f"10.{network}.0.{own}/24", "dev", device)
            net.ip(space, "link", "set", device, "up")
            networks += [network] if space == "a" else []
    return networks


def answered(net, networks, count=5):
    """Whether all pings over the plain link and each tunnel were."""
    return [net.pings("a", f"10.{network}.0.2", count) for network in networks] \
        == [count] * len(networks)


def kept(net, networks):
    """By default the kernel keeps its tunnels, whatever they carry."""
    probe = net.probe("b", "--interface", "v1").wait_until_running()
    pings = answered(net, networks)
    report = probe.stop()
    lab.check(f"by default the kernel's tunnels go on, {len(networks) - 1} of them", pings)
    verdicts = report["ports"][0]["steering"]
    lab.check("and nothing of them is taken", verdicts["named"] == 0 and report["packets"]["offered"]
              == sum(verdicts[v] for v in ("macsec", "esp", "ah", "natt")), verdicts)
    words = " ".join(report["ports"][0]["granted"])
    lab.check("what is taken is said", "esp (IP protocol 50, UDP 4500)" in words
              and "vxlan" not in words, words)


def taken(net, mode):
    pcap, truth = net.pcap("t.pcap", *TRAFFIC, "--inside", "vxlan,gretap,pppoe,vxlan+gretap")
    for _ in range(3):
        probe = net.probe("b", "--interface", "v1", "--take", TAKE, "--xdp", mode)
        probe.wait_until_running()
        sent = net.send("a", "v0", pcap, PPS)
        pings = net.pings("a", "10.9.0.2", 5)
        through = net.pings("a", "10.10.0.2", 1) if mode == "native" else 0
        lab.time.sleep(0.5)
        report = probe.stop()
        if report["packets"]["dropped"] == 0:
            break
    name = f"tunnels by name, {mode}"
    lab.check(f"{name}: all was sent", sent == truth["packets"]["offered"], sent)
    lab.check(f"{name}: nothing is dropped", report["packets"]["dropped"] == 0, report["packets"])
    wrong = lab.differences(report, truth)
    lab.check(f"{name}: the report equals the truth", not wrong, wrong)
    inside = {f["inside"] for f in report["flows"]}
    lab.check(f"{name}: of all three kinds", {"vxlan", "gretap", "pppoe"} <= inside, inside)
    lab.check(f"{name}: ping is untouched", pings == 5, pings)
    lab.check(f"{name}: the kernel gets no VXLAN", through == 0, through)
    verdicts = report["ports"][0]["steering"]
    lab.check(f"{name}: every frame of them is counted as named",
              verdicts["named"] >= sent and verdicts["passed"] >= 5, verdicts)


def said():
    """Before anything runs."""
    done = lab.subprocess.run([lab.LACUNA, "run", "--interface", "lo", "--take", TAKE, "--check"],
                              capture_output=True, text=True, check=False, timeout=60)
    lab.check("--check prints it", done.returncode == 0 and f'take = "{TAKE}"' in done.stdout
              and "pppoe (EtherType 0x8864)" in done.stdout,
              done.stdout + done.stderr)
    done = lab.subprocess.run([lab.LACUNA, "run", "--interface", "lo", "--take", "esp,tunnels",
                               "--check"], capture_output=True, text=True, check=False, timeout=60)
    lab.check("a name that leads nowhere is refused in one line", done.returncode == 2
              and len(done.stderr.splitlines()) == 1 and '"tunnels"' in done.stderr
              and "vxlan" in done.stderr, done.stderr)


def main():
    lab.require_root()
    said()
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1", ("10.9.0.1/24", "10.9.0.2/24"))
        networks = tunnels(net)
        kept(net, networks)
        for mode in ("native", "generic"):
            taken(net, mode)
        lab.check("afterwards the kernel has them back", answered(net, networks, 3))
    lab.finish()


main()
