#!/usr/bin/env python3
"""How `lacuna run` begins, ends and refuses: one clear line, the right status, nothing left behind."""

import grp
import struct

import lab

NOBODY = "nobody"
# Octets a process may lock: the machine's, and as few as may be.
HARD = lab.resource.getrlimit(lab.resource.RLIMIT_MEMLOCK)[1]
TIGHT = 65536 if HARD == lab.resource.RLIM_INFINITY else min(HARD, 65536)


def refused(net, name, status, *arguments, says=(), command=None):
    full = ["ip", "netns", "exec", net.spaces["b"], *(command or [lab.LACUNA]), "run", *arguments]
    done = lab.subprocess.run(full, capture_output=True, text=True, check=False, timeout=60)
    lines = done.stderr.splitlines()
    complaint = lines[-1] if lines else ""
    lab.check(f"refused: {name}",
              done.returncode == status and done.stdout == "" and complaint.startswith("lacuna: ")
              and all(s in complaint for s in says) and ("--quiet" not in arguments
                                                         or len(lines) == 1),
              (done.returncode, done.stderr))
    lab.check(f"nothing attached after: {name}", net.xdp("b", "v1") == "", net.xdp("b", "v1"))


def refusals(net):
    config = f"{net.folder}/c.toml"
    with open(config, "w", encoding="utf-8") as file:
        file.write('[[port]]\ninterface = "v1"\nbogus = 3\n')
    quiet = "--quiet"
    refused(net, "an unknown key", 2, "--config", config, quiet, says=["bogus", "c.toml:3"])
    refused(net, "a missing file", 2, "--config", config + ".not", quiet,
            says=["No such file"])
    refused(net, "a folder as configuration", 2, "--config", net.folder, quiet,
            says=["Is a directory"])
    refused(net, "more memory than there is", 1, "--interface", "v1", "--memory", "1048576", quiet,
            says=["1048576 MiB", "memory"])
    refused(net, "ordinary memory, and more than there is", 1, "--interface", "v1", "--memory",
            "1048576", "--hugepages", "no", quiet, says=["1048576 MiB", "memory"])
    refused(net, "hugepages that are not there", 1, "--interface", "v1", "--memory", "1048576",
            "--hugepages", "yes", quiet, says=["hugepages", "doctor"])
    refused(net, "an unknown option", 2, "--bogus", says=["--bogus"])
    refused(net, "a name of two lines", 2, "--interface", "v1", "--db", "a\nb", quiet, says=["a?b"])
    refused(net, "no port", 2, quiet, says=["no port"])
    refused(net, "a capture without end", 2, "--vdev", "net_pcap0,rx_pcap=/none,infinite_rx=1",
            quiet, says=["infinite_rx=1"])
    refused(net, "a missing interface", 2, "--interface", "v9", quiet, says=["v9"])
    refused(net, "a missing PCI device", 2, "--pci", "0000:ff:1f.7", quiet, says=["0000:ff:1f.7"])
    refused(net, "impossible lcores", 2, "--interface", "v1", "--lcores", "4000", quiet,
            says=["4000"])
    refused(net, "more lcores than queues", 2, "--interface", "v1", "--layout", "rtc:2", quiet,
            says=["queue"])
    refused(net, "two AF_XDP queues", 2, "--interface", "v1", "--queues", "2", quiet,
            says=["ethtool -L v1 combined 1"])
    refused(net, "two packet sockets", 2, "--interface", "v1", "--driver", "af_packet", "--queues",
            "2", quiet, says=["queues = 1"])
    refused(net, "a ring no burst fits into", 2, "--interface", "v1", "--parser-ring", "64", quiet,
            says=["--parser-ring 64", "128"])
    refused(net, "a ring no batch fits into", 2, "--interface", "v1", "--worker-ring", "512", quiet,
            says=["--worker-ring 512", "1024"])
    refused(net, "no such user", 2, "--interface", "v1", "--user", "lacuna-no-such", quiet,
            says=["lacuna-no-such"])
    refused(net, "a driver that does not exist", 1, "--vdev", "net_bogus0", quiet,
            says=["net_bogus0"])
    refused(net, "a store that is none", 2, "--interface", "v1", "--db", "/proc", quiet,
            says=["/proc"])
    refused(net, "a tap of that name", 2, "--interface", "v1", "--driver", "tap", quiet,
            says=["v1"])
    refused(net, "a tap without privileges", 2, "--interface", "t7", "--driver", "tap", "--user",
            NOBODY, quiet, says=["tap"])
    as_nobody = ["setpriv", "--reuid", NOBODY, "--clear-groups", "env", "XDG_RUNTIME_DIR=/tmp",
                 lab.LACUNA]
    if lab.subprocess.run([*as_nobody[:-1], "test", "-x", lab.LACUNA], check=False).returncode == 0:
        refused(net, "no permission", 1, "--interface", "v1", quiet, command=as_nobody,
                says=["lacks cap_net_raw,cap_net_admin,cap_bpf,cap_perfmon", "setcap"])
    other = kernels_device(network=False)
    if other:
        refused(net, "a device that is no NIC", 2, "--pci", other, quiet, says=[other, "network"])
    bound = kernels_device(network=True)
    if bound:
        refused(net, "a NIC of the kernel's", 1, "--pci", bound, quiet, says=[bound, "vfio-pci"])
    net.ip("b", "link", "set", "v1", "mtu", "3504")
    refused(net, "frames AF_XDP cannot carry", 1, "--interface", "v1", "--xdp", "native", quiet,
            says=["mtu"])
    net.ip("b", "link", "set", "v1", "mtu", "1500")


def kernels_device(network):
    """A PCI device that a driver of the kernel has, a NIC or something else."""
    folder = "/sys/bus/pci/devices"
    for device in sorted(lab.os.listdir(folder)) if lab.os.path.isdir(folder) else []:
        with open(f"{folder}/{device}/class", encoding="utf-8") as file:
            if file.read().startswith("0x02") != network:
                continue
        driver = lab.os.path.realpath(f"{folder}/{device}/driver")
        if lab.os.path.exists(f"{folder}/{device}/driver") and not driver.endswith("vfio-pci"):
            return device
    return None


def endings(net):
    pcap, truth = net.pcap("t.pcap", *"--packets 4000 --flows 4 --protocol macsec --seed 1".split())
    probe = net.probe("b", "--interface", "v1", "--packets", "1000").wait_until_running()
    net.send("a", "v0", pcap, 20000)
    status = probe.wait()
    offered = probe.report()["packets"]["offered"]
    lab.check("--packets ends the run at that many frames", status == 0 and offered >= 1000
              and offered - probe.report()["packets"]["dropped"] == 1000, (status, offered))

    begin = lab.time.monotonic()
    probe = net.probe("b", "--interface", "v1", "--duration", "1500ms").wait_until_running()
    status = probe.wait()
    lab.check("--duration ends the run", status == 0 and lab.time.monotonic() - begin >= 1.5,
              (status, probe.said))

    probe = net.probe("b", "--interface", "v1").wait_until_running()
    net.send("a", "v0", pcap, 20000)
    probe.process.send_signal(lab.signal.SIGTERM)
    status = probe.wait()
    packets = probe.report()["packets"]
    lab.check("SIGTERM drains: what was sent is in the report",
              status == 0 and lab.secured(packets) + packets["dropped"] ==
              lab.secured(truth["packets"]), packets)


def end_after(net, seconds, number):
    """How a run ends that is sent a signal so long after it was started, and what it leaves."""
    # Its process id is that of the folder EAL makes.
    probe = lab.subprocess.Popen(["nsenter", f"--net=/var/run/netns/{net.spaces['b']}",
                                  lab.LACUNA, "run", "--interface", "v1", "--duration", "400ms",
                                  "--json", "--quiet"], stdout=lab.subprocess.PIPE, text=True)
    lab.time.sleep(seconds)
    probe.send_signal(number)
    said = probe.communicate(timeout=60)[0]
    left = f"lacuna-{probe.pid}" in lab.os.listdir("/var/run/dpdk")
    return probe.returncode, said.startswith("{"), left, net.xdp("b", "v1")


def early(net):
    """Signals at any moment of starting: an end in order, or before anything was done."""
    in_order = (0, True, False, "")
    for number in (lab.signal.SIGTERM, lab.signal.SIGINT, lab.signal.SIGHUP):
        ends = {end_after(net, ms / 1000, number) for ms in range(20, 320, 20)}
        wait = 0.32
        while in_order not in ends and wait < 20:  # a busy machine takes longer to start
            ends.add(end_after(net, wait, number))
            wait *= 2
        name = lab.signal.Signals(number).name
        lab.check(f"{name} while starting leaves nothing behind",
                  ends <= {in_order, (-number, False, False, "")} and in_order in ends, ends)


def reload(net):
    config = f"{net.folder}/c.toml"

    def write(interval, window):
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'[[port]]\ninterface = "v1"\n[track]\nwindow = {window}\n'
                       f'[output]\ninterval = "{interval}"\n')

    write("200ms", 1024)
    probe = net.probe("b", "--config", config).wait_until_running()
    write("300ms", 2048)
    probe.process.send_signal(lab.signal.SIGHUP)
    lab.check("SIGHUP says what changed and what needs a restart",
              lab.wait_for(lambda: any("output.interval" in s for s in probe.said)
                           and any("track.window" in s and "restart" in s for s in probe.said)),
              probe.said)
    with open(config, "a", encoding="utf-8") as file:
        file.write("bogus = 1\n")
    probe.process.send_signal(lab.signal.SIGHUP)
    lab.check("a broken file changes nothing",
              lab.wait_for(lambda: any("stays as it is" in s for s in probe.said)), probe.said)
    lab.check("and the run goes on", probe.process.poll() is None)
    probe.stop()


def link(net):
    probe = net.probe("b", "--interface", "v1").wait_until_running()
    net.ip("a", "link", "set", "v0", "down")
    lab.check("a link that goes down is told",
              lab.wait_for(lambda: any("link is down" in s for s in probe.said)), probe.said)
    net.ip("a", "link", "set", "v0", "up")
    lab.check("and when it is up again",
              lab.wait_for(lambda: any("link is up" in s for s in probe.said)), probe.said)
    net.ip("b", "link", "set", "v1", "down")
    lab.wait_for(lambda: sum("link is down" in s for s in probe.said) == 2)
    net.ip("b", "link", "set", "v1", "name", "other")
    net.ip("b", "link", "set", "other", "up")
    lab.check("an interface is followed when it gets another name",
              lab.wait_for(lambda: sum("link is up" in s for s in probe.said) == 2), probe.said)
    probe.stop()


def gone(net):
    """Interfaces that are removed: the run goes on with the others, and ends with the last."""
    net.join("a", "w0", "b", "w1")
    pcap, truth = net.pcap("t.pcap", *"--packets 1000 --flows 4 --protocol macsec --seed 1".split())
    probe = net.probe("b", "--interface", "v1", "--interface", "w1", "--driver",
                      "af_packet").wait_until_running()
    net.ip("b", "link", "del", "v1")
    lab.check("an interface that is removed is told",
              lab.wait_for(lambda: any("v1: the interface is gone" in s for s in probe.said)),
              probe.said)
    net.send("a", "w0", pcap, 4000)
    packets = probe.stop()["packets"]
    lab.check("and the others are listened to", lab.secured(packets) + packets["dropped"] ==
              lab.secured(truth["packets"]), packets)
    for driver in ("af_xdp", "af_packet"):
        net.join("a", "v0", "b", "v1")
        probe = net.probe("b", "--interface", "v1", "--driver", driver).wait_until_running()
        net.send("a", "v0", pcap, 4000)
        net.ip("b", "link", "del", "v1")
        status = probe.wait()
        packets = probe.report()["packets"]
        lab.check(f"without any interface left the run ends and says so, {driver}",
                  status == 1 and "v1: no interface is left" in probe.said[-1]
                  and lab.secured(packets) + packets["dropped"] == lab.secured(truth["packets"]),
                  (status, probe.said, packets))


def privileges(net):
    """Set up as root, run as nobody; the store belongs to nobody."""
    db = f"{net.folder}/db"
    lab.os.mkdir(db)
    lab.shutil.chown(db, NOBODY)
    lab.os.chmod(net.folder, 0o755)
    pcap, truth = net.pcap("t.pcap", *"--packets 4000 --flows 4 --protocol macsec --seed 1".split())
    probe = net.probe("b", "--interface", "v1", "--user", NOBODY, "--db", db).wait_until_running()
    threads = f"/proc/{probe.process.pid}/task"
    states = []
    for thread in lab.os.listdir(threads):
        with open(f"{threads}/{thread}/status", encoding="utf-8") as file:
            lines = dict(line.split(":", 1) for line in file if ":" in line)
        states.append((lines["Uid"].split()[0] != "0", int(lines["CapEff"], 16) == 0,
                       int(lines["CapPrm"], 16) == 0, lines["NoNewPrivs"].strip()))
    lab.check("no thread has privileges left", states and all(all(s[:3]) for s in states), states)
    net.send("a", "v0", pcap, 10000)
    lab.time.sleep(0.3)
    packets = probe.stop()["packets"]
    lab.check("it still receives and stores", lab.secured(packets) + packets["dropped"] ==
              lab.secured(truth["packets"]) and lab.os.listdir(db), packets)
    lab.check("and leaves nothing attached", net.xdp("b", "v1") == "", net.xdp("b", "v1"))
    probe = net.probe("b", "--interface", "v1", "--user", "root:nogroup").wait_until_running()
    with open(f"/proc/{probe.process.pid}/status", encoding="utf-8") as file:
        lines = dict(line.split(":", 1) for line in file if ":" in line)
    lab.check("a group named beside the user it has is taken", lines["Gid"].split() == [
        str(grp.getgrnam("nogroup").gr_gid)] * 4 and lines["Uid"].split()[0] == "0", lines["Gid"])
    probe.stop()


def capabilities(net):
    """Never root: the capabilities doc/live.md names are enough."""
    lab.os.chmod(net.folder, 0o755)
    program = lab.shutil.copy(lab.LACUNA, f"{net.folder}/lacuna")
    full = lab.shutil.copy(f"{lab.os.path.dirname(lab.LACUNA)}/lacuna-full", net.folder)
    lab.os.mkdir(f"{net.folder}/run")
    lab.shutil.chown(f"{net.folder}/run", NOBODY)
    pcap, truth = net.pcap("t.pcap", *"--packets 2000 --flows 4 --protocol macsec --seed 1".split())
    for driver, names in (("af_xdp", "net_raw net_admin bpf perfmon ipc_lock"),
                          ("af_packet", "net_raw net_admin ipc_lock")):
        probe = net.probe("b", "--interface", "v1", "--driver", driver,
                          program=unprivileged(net, program, names, TIGHT, TIGHT))
        probe.wait_until_running()
        net.send("a", "v0", pcap, 5000)
        lab.time.sleep(0.3)
        packets = probe.stop()["packets"]
        lab.check(f"{driver} runs without root",
                  lab.secured(packets) + packets["dropped"] == lab.secured(truth["packets"]),
                  packets)
        lab.check(f"nothing attached after: {driver} without root", net.xdp("b", "v1") == "")
        lacks = names.split()[-2]
        refused(net, f"{driver} without cap_{lacks}", 1, "--interface", "v1", "--driver", driver,
                "--quiet", says=[f"lacks cap_{lacks}", "setcap cap_net_raw"],
                command=unprivileged(net, program, names.replace(f" {lacks}", ""), TIGHT, TIGHT))
        # Without CAP_IPC_LOCK it is the limit that counts.
        names = names.replace(" ipc_lock", "")
        refused(net, f"{driver} with little memory to lock", 1, "--interface", "v1", "--driver",
                driver, "--quiet", says=["may lock 0 MiB", "CAP_IPC_LOCK"],
                command=unprivileged(net, program, names, TIGHT, TIGHT))
    # The soft limit is no obstacle. A machine whose hard limit is below a small ring is too small
    # for the run, and says so.
    hard = HARD if HARD != lab.resource.RLIM_INFINITY else "unlimited"
    probe = net.probe("b", "--interface", "v1", "--driver", "af_packet", "--descriptors", "256",
                      "--duration", "100ms",
                      program=unprivileged(net, program, "net_raw net_admin", TIGHT, hard))
    roomy = hard == "unlimited" or hard >= 1 << 20
    lab.check("the soft limit of locked memory is raised to the hard one",
              probe.wait() == (0 if roomy else 1), (hard, probe.said))
    # Capabilities of the file (setcap) that holds what needs them.
    names = {"net_admin": 12, "net_raw": 13, "ipc_lock": 14}
    granted = struct.pack("<5I", 0x02000001, sum(1 << bit for bit in names.values()), 0, 0, 0)
    plain = ["prlimit", f"--memlock={TIGHT}:{TIGHT}", "setpriv", "--reuid", NOBODY,
             "--clear-groups", "env", f"XDG_RUNTIME_DIR={net.folder}/run", program]
    refused(net, "no capabilities", 1, "--interface", "v1", "--driver", "af_packet", "--quiet",
            says=["lacks cap_net_raw", f"cap_ipc_lock+ep {full},"], command=plain)
    # Those of the program that hands over end with it: the other one's libraries would obey the
    # environment.
    lab.os.setxattr(program, "security.capability", granted)
    refused(net, "setcap on the wrong file", 1, "--interface", "v1", "--driver", "af_packet",
            "--quiet", says=["lacks cap_net_raw"], command=plain)
    lab.os.setxattr(full, "security.capability", granted)
    probe = net.probe("b", "--interface", "v1", "--driver", "af_packet", "--duration", "100ms",
                      program=plain)
    lab.check("setcap is enough", probe.wait() == 0, probe.said)


def unprivileged(net, program, capabilities, soft, hard):
    """The program as nobody, with these capabilities and limits of locked memory."""
    given = ",".join("+" + n for n in capabilities.split())
    return ["prlimit", f"--memlock={soft}:{hard}", "setpriv", "--reuid", NOBODY, "--clear-groups",
            "--inh-caps", given, "--ambient-caps", given, "env",
            f"XDG_RUNTIME_DIR={net.folder}/run", program]


def service(net):
    """What systemd is told: ready, alive, ending."""
    path = f"{net.folder}/notify"
    with lab.socket.socket(lab.socket.AF_UNIX, lab.socket.SOCK_DGRAM) as systemd:
        systemd.bind(path)
        systemd.settimeout(30)
        probe = net.probe("b", "--interface", "v1", "--duration", "2s",
                          program=["env", f"NOTIFY_SOCKET={path}", "WATCHDOG_USEC=600000",
                                   lab.LACUNA])
        told = []
        while not told or "STOPPING=1" not in told[-1]:
            told.append(systemd.recv(4096).decode())
        status = probe.wait()
    lab.check("a service is ready once, alive until it ends", status == 0 and "READY=1" in told[0]
              and told[1:-1].count("WATCHDOG=1") == len(told) - 2 >= 3, (status, told))


def ports(net):
    """Two ports in one run."""
    net.join("a", "w0", "b", "w1")
    first, truth_first = net.pcap("1.pcap", *"--packets 3000 --flows 3 --protocol macsec --seed 1 "
                                             "--gap-rate 0.01".split())
    second, truth_second = net.pcap("2.pcap", *"--packets 3000 --flows 3 --protocol ipsec --seed 9 "
                                               "--gap-rate 0.01".split())
    probe = net.probe("b", "--interface", "v1", "--interface", "w1").wait_until_running()
    net.send("a", "v0", first, 5000)
    net.send("a", "w0", second, 5000)
    lab.time.sleep(0.3)
    report = probe.stop()
    wrong = [d for t in (truth_first, truth_second)
             for d in [lab.sas(report).get(i) != s for i, s in lab.sas(t).items()] if d]
    lab.check("two ports are one run",
              report["input"] == ["v1", "w1"]
              and (not wrong or report["packets"]["dropped"] > 0), (report["packets"], wrong))


def loopback(net):
    """The longest frames of all, which need large buffers; and a ring that is no whole number of blocks."""
    pcap, truth = net.pcap("t.pcap", *"--packets 1000 --flows 4 --protocol ipsec --seed 1".split())
    for device, more in (("lo", ()), ("v1", ("--descriptors", "65"))):
        probe = net.probe("b", "--interface", device, "--driver", "af_packet",
                          *more).wait_until_running()
        net.send("b" if device == "lo" else "a", "lo" if device == "lo" else "v0", pcap, 3000)
        lab.time.sleep(0.3)
        packets = probe.stop()["packets"]
        lab.check(f"af_packet on {device} with {more}", lab.secured(packets) + packets["dropped"] ==
                  lab.secured(truth["packets"]), packets)
    net.ip("a", "addr", "add", "10.9.0.1/24", "dev", "v0")
    net.ip("b", "addr", "add", "10.9.0.2/24", "dev", "v1")
    probe = net.probe("b", "--interface", "v1", "--driver", "af_packet").wait_until_running()
    answered = net.pings("b", "10.9.0.1", 5)
    report = probe.stop()
    lab.check("af_packet takes what comes in, not what the host sends",
              report["other"].get("icmp") == answered == 5, (answered, report["other"]))


def queues(net):
    """Two queues of one port, each with an lcore and SAs of its own."""
    files, truths = zip(*(net.pcap(f"q{n}.pcap", "--packets", "3000", "--flows", "3", "--protocol",
                                   "macsec", "--seed", str(n), "--gap-rate", "0.01")
                          for n in (1, 2)))
    probe = net.probe("b", "--vdev", "net_pcap0," + ",".join(f"rx_pcap={f}" for f in files),
                      "--queues", "2", "--layout", "rtc:2", "--duration", "2s")
    status = probe.wait()
    report = probe.report()
    wrong = [i for t in truths for i, s in lab.sas(t).items() if lab.sas(report).get(i) != s]
    lab.check("two queues are one run", status == 0 and not wrong and len(report["flows"]) == 6,
              (status, probe.said, wrong))


def main():
    lab.require_root()
    for experiment in (refusals, endings, early, reload, link, gone, privileges, capabilities, service,
                       ports, loopback, queues):
        with lab.Lab("a", "b") as net:
            net.join("a", "v0", "b", "v1")
            experiment(net)
    lab.finish()


main()
