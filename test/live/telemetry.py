#!/usr/bin/env python3
"""The telemetry socket of a live run: what its port received, lost and steered, while it does, equals
what it reports; a link that goes down is told; a configuration can close the socket."""

import socket

import lab

TRAFFIC = "--packets 6000 --flows 20 --protocol mixed --seed 3 --gap-rate 0.01".split()
PATIENCE = 60


class Client:
    def __init__(self, probe):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(f"/var/run/dpdk/lacuna-{probe.process.pid}/dpdk_telemetry.v2")
        self.socket.recv(1024)

    def ask(self, command):
        self.socket.send(command.encode())
        (reply,) = lab.json.loads(self.socket.recv(17 * 1024)).values()
        return reply

    def until(self, command, good):
        end = lab.time.monotonic() + PATIENCE
        while True:
            reply = self.ask(command)
            if good(reply) or lab.time.monotonic() > end:
                return reply
            lab.time.sleep(0.05)


def port_of(reply):
    return reply["ports"]["0"]


def steered(port):
    """Frames the XDP program wanted for lacuna."""
    return sum(n for verdict, n in port["steering"].items() if verdict != "passed")


def arrived(port, sent):
    return (sum(port["steering"].values()) >= sent
            and port["received"] + port["missed"] + port["nombuf"] == steered(port))


def figures():
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1", ("10.9.0.1/24", "10.9.0.2/24"))
        pcap, truth = net.pcap("t.pcap", *TRAFFIC)
        probe = net.probe("b", "--interface", "v1").wait_until_running()
        client = Client(probe)
        first = port_of(client.ask("/lacuna/ports"))
        granted = [g["granted"] for g in client.ask("/lacuna/ports")["granted"].values()]
        lab.check("a port before any traffic", first["received"] == 0 and first["link"] == 1
                  and first["driver"] == "net_af_xdp", first)
        net.send("a", "v0", pcap, 6000)
        sent = truth["packets"]["offered"]
        port = port_of(client.until("/lacuna/ports", lambda r: arrived(port_of(r), sent)))
        lab.check("each frame was left to the kernel, received or counted as missed",
                  arrived(port, sent), (port, sent))
        lab.check("secured frames are among the steered",
                  steered(port) >= lab.secured(truth["packets"]), port)
        summary = client.until("/lacuna/summary",
                               lambda r: r["traffic"]["offered"] == steered(port))
        drops = client.ask("/lacuna/drops")["probe"]["dropped"]
        net.ip("a", "link", "set", "v0", "down")
        down = port_of(client.until("/lacuna/ports", lambda r: port_of(r)["link"] == 0))
        lab.check("a link that went down is told", down["link"] == 0, down)
        report = probe.stop()
        same = {"received": port["received"], "missed": port["missed"], "nombuf": port["nombuf"]}
        lab.check("the port's figures are those of the report",
                  {k: report["ports"][0][k] for k in same} == same, (report["ports"], port))
        lab.check("so is what the XDP program did", report["ports"][0]["steering"] == port["steering"],
                  (report["ports"], port))
        lab.check("so is what was granted", granted == [g[:127] for g in report["ports"][0]["granted"]]
                  and any("native XDP" in g for g in granted), (granted, report["ports"]))
        probe = {**report["probe"]}
        lab.check("a live run has no capture that lost", probe.pop("capture_dropped") == 0)
        lab.check("its clock is steady", probe.pop("odd_times") == 0)
        lab.check("so are the drops", drops == probe, (drops, report["probe"]))
        told = {k: summary["totals"][k] for k in ("flows", "received", "bytes", "gaps", "lost")}
        lab.check("so are the sums", {k: report["totals"][k] for k in told} == told,
                  (report["totals"], told))


def closed():
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1")
        probe = net.probe("b", "--interface", "v1", "--telemetry-socket", "no").wait_until_running()
        lab.check("a socket that is not wanted is not there",
                  not lab.os.path.exists(f"/var/run/dpdk/lacuna-{probe.process.pid}/"
                                         "dpdk_telemetry.v2")
                  and not any("telemetry:" in s for s in probe.said), probe.said)
        probe.stop()


lab.require_root()
figures()
closed()
lab.finish()
