#!/usr/bin/env python3
"""What passes while a port has no link, or while no probe runs, is blind; the SAs go on. Through every
driver the kernel offers. And SAs that stop are told to be silent."""

import struct

import lab

LOSSY = 7  # of every so many numbers the network loses one


def esp(spi, number):
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 44, 0, 0, 64, 50, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
    return b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + ip + struct.pack(">II", spi, number) + b"\0" * 16


def stretch(net, name, numbers):
    """A capture of two SAs with these numbers, but for those the network lost."""
    path = f"{net.folder}/{name}.pcap"
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for n in numbers:
            for spi in (0x101, 0x102):
                if n % LOSSY:
                    frame = esp(spi, n)
                    file.write(struct.pack("<IIII", 1, n % 10**6, len(frame), len(frame)) + frame)
    return path


def send(net, name, numbers, space="a", device="v0"):
    net.send(space, device, stretch(net, name, numbers), 4000)
    lab.time.sleep(0.3)


def losses(numbers):
    return sum(1 for n in numbers if n % LOSSY == 0)


def events(db, kind):
    text = lab.sh(lab.LACUNA, "query", "--db", db, "events", "--json").stdout
    return [e for e in lab.json.loads(text)["events"] if e["kind"] == kind]


def totals(report):
    return {k: report["totals"][k] for k in ("flows", "received", "lost", "lost_blind", "restarts", "outliers")}


def no_link(driver, device, arguments):
    """The link goes while traffic does, and comes back."""
    with lab.Lab("a", "b") as net:
        if driver != "tap":
            net.join("a", "v0", "b", "v1")
        db = f"{net.folder}/db"
        probe = net.probe("b", *arguments, "--db", db).wait_until_running()
        space = "a" if driver != "tap" else "b"
        sender = "v0" if driver != "tap" else device
        send(net, "before", range(1, 400), space, sender)
        net.ip(space, "link", "set", sender, "down")
        lab.time.sleep(1.2)
        net.ip(space, "link", "set", sender, "up")
        lab.time.sleep(0.3)
        send(net, "after", range(3001, 3400), space, sender)
        lab.time.sleep(1.2)  # until it is stored
        report = probe.stop()
        flows = report["totals"]["flows"]
        # 399 and 3001 came; between them nobody listened.
        want = {"flows": 2, "received": 2 * (798 - losses(range(1, 400)) - losses(range(3001, 3400))),
                "lost": 2 * (losses(range(1, 399)) + 3001 - 398 - 1 + losses(range(3002, 3400))),
                "lost_blind": 2 * (3001 - 398 - 1), "restarts": 0, "outliers": 0}
        lab.check(f"{driver}: all that is missing of the outage is blind, nothing else is",
                  totals(report) == want and flows == 2, (totals(report), want, report.get("notes")))
        lab.check(f"{driver}: the report says so", any("had no link once" in n for n in report["notes"]),
                  report["notes"])
        told = events(db, "no_link")
        lab.check(f"{driver}: so does the store", len(told) == 1 and told[0]["since"] < told[0]["time"], told)


def restarted(end):
    """The probe is killed, or ends, while traffic goes on, and starts again."""
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1")
        db = f"{net.folder}/db"
        arguments = ("--interface", "v1", "--driver", "af_packet", "--db", db)
        probe = net.probe("b", *arguments).wait_until_running()
        send(net, "before", range(1, 400))
        lab.time.sleep(2.5)  # until the summaries are stored
        end(probe)
        again = net.probe("b", *arguments).wait_until_running()
        send(net, "after", range(3001, 3400))
        report = again.stop()
        want = {"flows": 2, "received": 2 * (399 - losses(range(3001, 3400))),
                "lost": 2 * (3001 - 398 - 1 + losses(range(3002, 3400))),
                "lost_blind": 2 * (3001 - 398 - 1), "restarts": 0, "outliers": 0}
        lab.check("the SAs go on, what passed meanwhile is blind", totals(report) == want,
                  (totals(report), want, report["notes"]))
        lab.check("they begin where the run before left them",
                  {f["first"] for f in report["flows"]} == {399}, [f["first"] for f in report["flows"]])
        lab.check("the report says so", any("no probe ran from" in n and "2 SAs came back" in n
                                            for n in report["notes"]), report["notes"])
        told = events(db, "not_running")
        lab.check("so does the store", len(told) == 1 and told[0]["flows"] == 2, told)
        # The sums over both runs are those of one that never stopped.
        runs = lab.json.loads(lab.sh(lab.LACUNA, "query", "--db", db, "runs", "--json").stdout)["runs"]
        lab.check("both runs are there", len(runs) == 2, runs)


def silent():
    """Both SAs stop, and go on: no packet reveals the one, the next one the other."""
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1")
        db = f"{net.folder}/db"
        probe = net.probe("b", "--interface", "v1", "--driver", "af_packet", "--db", db,
                          "--silent-after", "2s").wait_until_running()
        send(net, "before", range(1, 400))
        lab.time.sleep(3.5)
        told = events(db, "silent")
        lab.check("SAs that stop are silent, without a packet", len(told) == 2
                  and all(e["since"] < e["time"] for e in told), told)
        send(net, "after", range(401, 800))
        lab.time.sleep(1.2)
        report = probe.stop()
        lab.check("they come back", len(events(db, "resumed")) == 2 and report["table"]["silent"] == 0
                  and not any(f.get("silent") for f in report["flows"]), report["table"])
        probe = net.probe("b", "--interface", "v1", "--driver", "af_packet",
                          "--silent-after", "1s").wait_until_running()
        send(net, "last", range(1, 400))
        lab.time.sleep(3)
        report = probe.stop()
        lab.check("what is silent at the end is marked", report["table"]["silent"] == 2
                  and all(f.get("silent") for f in report["flows"]), report["table"])


def main():
    lab.require_root()
    silent()
    no_link("af_packet", "v1", ("--interface", "v1", "--driver", "af_packet"))
    no_link("tap", "t7", ("--interface", "t7", "--driver", "tap"))
    no_link("af_xdp", "v1", ("--interface", "v1", "--driver", "af_xdp"))
    restarted(lambda probe: probe.kill())
    restarted(lambda probe: probe.stop())
    lab.finish()


if __name__ == "__main__":
    main()
