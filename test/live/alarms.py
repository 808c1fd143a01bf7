#!/usr/bin/env python3
"""Alarms come in time, by the shipped rules in a real Prometheus: an SA that loses every tenth number at
eight packets a second, one that stops, a port without link, which is no loss."""

import pathlib
import shutil
import socket
import threading
import time

import lab
import yaml
from outage import esp

SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "drivers-config" / "prometheus"
IN_TIME = 20  # seconds
PACE = 8      # packets a second


class Sender:
    """Sends numbers of one SA until told to stop, without every tenth if it is lossy."""

    def __init__(self, net, lossy, number=0):
        self.lossy = lossy
        self.number = number
        self.stopped = threading.Event()
        self.socket = net.packets("a", "v0")
        self.thread = threading.Thread(target=self.send)
        self.thread.start()

    def send(self):
        while not self.stopped.wait(1 / PACE):
            self.number += 1
            if self.lossy and self.number % 10 == 0:
                continue
            try:
                self.socket.send(esp(0x101, self.number))
            except OSError:  # the link is down
                pass

    def stop(self):
        self.stopped.set()
        self.thread.join()
        self.socket.close()


class Prometheus:
    """One in the namespace of the probe, with what is shipped."""

    def __init__(self, net, space):
        self.net, self.space = net, space
        for name in ("lacuna-alerts.yml", "prometheus.yml"):
            shutil.copy(SHIPPED / name, net.folder)
        self.address = "127.0.0.1:9090"
        self.rules = {r["alert"]: r["expr"] for g in
                      yaml.safe_load((SHIPPED / "lacuna-alerts.yml").read_text())["groups"]
                      for r in g["rules"] if "alert" in r}
        with open(f"{net.folder}/prometheus.log", "w", encoding="utf-8") as log:
            self.process = lab.subprocess.Popen(
                ["ip", "netns", "exec", net.spaces[space], "prometheus",
                 f"--config.file={net.folder}/prometheus.yml", f"--web.listen-address={self.address}",
                 f"--storage.tsdb.path={net.folder}/data"], stdout=log, stderr=log)

    def true(self, alert):
        """Whether the expression of an alert is true now."""
        asked = lab.subprocess.run(
            ["ip", "netns", "exec", self.net.spaces[self.space], "promtool", "query", "instant",
             f"http://{self.address}", self.rules[alert]],
            capture_output=True, text=True, check=False, timeout=30)
        return asked.returncode == 0 and "=>" in asked.stdout

    def since(self, alert, begin, timeout=IN_TIME + 10):
        """Seconds from `begin` until the expression is true."""
        lab.wait_for(lambda: self.true(alert), timeout)
        return time.monotonic() - begin if self.true(alert) else None

    def follows(self):
        asked = lab.subprocess.run(
            ["ip", "netns", "exec", self.net.spaces[self.space], "promtool", "query", "instant",
             f"http://{self.address}", 'up{job="lacuna"} == 1'],
            capture_output=True, text=True, check=False, timeout=30)
        return "=>" in asked.stdout

    def end(self):
        self.process.terminate()
        self.process.wait(20)


def in_time(name, seconds):
    lab.check(f"{name} within {IN_TIME} s", seconds is not None and seconds <= IN_TIME, seconds)


def watched(net):
    """A probe, and Prometheus, which finds nothing wrong yet."""
    probe = net.probe("b", "--interface", "v1", "--driver", "af_packet",
                      "--http", "127.0.0.1:9999").wait_until_running()
    prometheus = Prometheus(net, "b")
    lab.check("Prometheus follows the probe", lab.wait_for(prometheus.follows))
    wrong = [a for a in ("LacunaLosing", "LacunaSilent", "LacunaPortDown") if prometheus.true(a)]
    lab.check("nothing is wrong before", not wrong, wrong)
    return probe, prometheus


def loss_and_silence():
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1")
        probe, prometheus = watched(net)
        try:
            begin = time.monotonic()
            sender = Sender(net, lossy=True)
            in_time("loss of every tenth is told", prometheus.since("LacunaLosing", begin))
            lab.wait_for(lambda: sender.number > 80)
            sender.stop()
            begin = time.monotonic()
            in_time("a sender that stopped is told", prometheus.since("LacunaSilent", begin))
            again = Sender(net, lossy=False, number=sender.number)
            lab.check("no longer once it goes on",
                      lab.wait_for(lambda: not prometheus.true("LacunaSilent"), IN_TIME))
            again.stop()
        finally:
            prometheus.end()
        probe.stop()


def no_link():
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1")
        probe, prometheus = watched(net)
        try:
            sender = Sender(net, lossy=False)
            lab.wait_for(lambda: sender.number > 80)
            begin = time.monotonic()
            net.ip("a", "link", "set", "v0", "down")
            in_time("a port without link is told", prometheus.since("LacunaPortDown", begin))
            wrong = [prometheus.true(a) for a in ("LacunaLosing", "LacunaSilent")]
            net.ip("a", "link", "set", "v0", "up")
            for _ in range(8):
                time.sleep(1)
                wrong += [prometheus.true(a) for a in ("LacunaLosing", "LacunaSilent")]
            lab.check("what passed meanwhile is no loss, and no silence", not any(wrong), wrong)
            sender.stop()
        finally:
            prometheus.end()
        totals = probe.stop()["totals"]
        lab.check("it is blind", 0 < totals["lost"] == totals["lost_blind"], totals)


def main():
    lab.require_root()
    if shutil.which("prometheus") is None or shutil.which("promtool") is None:
        print("prometheus is not installed")
        lab.sys.exit(77)
    loss_and_silence()
    no_link()
    lab.finish()


if __name__ == "__main__":
    main()
