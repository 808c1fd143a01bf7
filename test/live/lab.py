"""Private networks for live tests: namespaces with names of their own, joined by veth pairs, removed
in the end whatever happened; a lacuna that runs in one of them; traffic whose truth is known.

Needs root. Without it a test is skipped (exit 77), but not where CI is set."""

import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

LACUNA = os.environ.get("LACUNA", "")
PCAPGEN = os.environ.get("PCAPGEN", "")
NEEDED = ("ip", "tcpreplay", "nft", "ping", "sysctl", "setpriv", "prlimit")
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:1500]}", flush=True)
        FAILED.append(name)
    return good


def require_root():
    missing = [t for t in NEEDED if shutil.which(t) is None]
    why = ("not root" if os.geteuid() != 0 else
           "not installed: " + ", ".join(missing) if missing else "")
    if not why:
        return
    print(f"live tests cannot run: {why}")
    sys.exit(1 if os.environ.get("CI") or os.geteuid() == 0 else 77)


def finish():
    print(f"{len(FAILED)} failed" if FAILED else "all as expected")
    sys.exit(1 if FAILED else 0)


def sh(*command, timeout=120, **more):
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=timeout, **more)


class Probe:
    """A `lacuna run` in a namespace."""

    def __init__(self, lab, space, *arguments, json_out=True, program=None):
        command = ["ip", "netns", "exec", lab.spaces[space], *(program or [LACUNA]), "run",
                   *arguments]
        if json_out:
            command.append("--json")
        self.out = tempfile.TemporaryFile(mode="w+", dir=lab.folder)
        self.said = []
        self.process = subprocess.Popen(command, stdout=self.out, stderr=subprocess.PIPE, text=True)
        self.running = threading.Event()
        self.reader = threading.Thread(target=self.listen, daemon=True)
        self.reader.start()
        lab.probes.append(self)

    def listen(self):
        for line in self.process.stderr:
            self.said.append(line.rstrip())
            if "running; end with" in line:
                self.running.set()
        self.running.set()

    def wait_until_running(self, timeout=60):
        self.running.wait(timeout)
        if self.process.poll() is not None or not any("running" in s for s in self.said):
            raise RuntimeError(f"lacuna does not run: {self.said}")
        return self

    def wait(self, timeout=60):
        status = self.process.wait(timeout)
        self.reader.join(5)
        return status

    def stop(self):
        """Ends the run as a person would and returns its report."""
        self.process.send_signal(signal.SIGINT)
        status = self.wait()
        if status != 0:
            raise RuntimeError(f"status {status}: {self.said}")
        return self.report()

    def report(self):
        self.out.seek(0)
        return json.load(self.out)

    @staticmethod
    def report_of(path):
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def kill(self):
        self.process.kill()
        self.wait()


class Lab:
    """with Lab("a", "b") as lab: namespaces a and b; lab.join(...) makes links between them."""

    serial = 0

    def __init__(self, *spaces):
        Lab.serial += 1
        self.spaces = {s: f"lacuna-{os.getpid()}-{Lab.serial}-{s}" for s in spaces}
        self.probes = []
        self.folder = tempfile.mkdtemp(prefix="lacuna-live-")

    def __enter__(self):
        try:
            for name in self.spaces.values():
                sh("ip", "netns", "add", name)
                # No neighbour or router discovery: every frame is one the test sent.
                sh("ip", "netns", "exec", name, "sysctl", "-qw",
                   "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
                sh("ip", "-n", name, "link", "set", "lo", "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for probe in self.probes:
            if probe.process.poll() is None:
                probe.kill()
        for name in self.spaces.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, space, *command, **more):
        return sh("ip", "netns", "exec", self.spaces[space], *command, **more)

    def ip(self, space, *command):
        return sh("ip", "-n", self.spaces[space], *command)

    def join(self, one, device_one, other, device_other, addresses=(), options=()):
        self.ip(one, "link", "add", device_one, *options, "type", "veth", "peer", "name",
                device_other, "netns", self.spaces[other])
        for space, device, address in zip((one, other), (device_one, device_other),
                                          addresses or (None, None)):
            if address:
                self.ip(space, "addr", "add", address, "dev", device)
            self.ip(space, "link", "set", device, "up")

    def probe(self, space, *arguments, **more):
        return Probe(self, space, *arguments, **more)

    def send(self, space, device, pcap, pps=None, timeout=120):
        """Sends a capture; the number of frames sent."""
        pace = ["--pps", str(pps)] if pps else ["--topspeed", "--preload-pcap"]
        out = self.run(space, "tcpreplay", "-i", device, *pace, pcap, timeout=timeout).stdout
        for line in out.splitlines():
            if "Successful packets" in line:
                return int(line.split(":")[1])
        raise RuntimeError(out)

    def packets(self, space, device):
        """A packet socket on a device of a namespace, which the caller closes."""
        made = []

        def make():
            with open(f"/run/netns/{self.spaces[space]}", "rb") as there:
                lib = ctypes.CDLL(None, use_errno=True)
                if lib.setns(there.fileno(), 0) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            made.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
            made[0].bind((device, 0))

        maker = threading.Thread(target=make)  # the namespace is that of the thread
        maker.start()
        maker.join()
        return made[0]

    def pings(self, space, address, count=10):
        """How many of `count` pings were answered."""
        done = subprocess.run(["ip", "netns", "exec", self.spaces[space], "ping", "-q", "-c",
                               str(count), "-i", "0.1", "-W", "5", address],
                              capture_output=True, text=True, check=False, timeout=120)
        return int(done.stdout.split(" received")[0].split()[-1]) if "received" in done.stdout else 0

    def xdp(self, space, device):
        """What `ip link` says of an attached XDP program; empty if there is none."""
        text = self.ip(space, "link", "show", device).stdout
        return next((line.strip() for line in text.splitlines() if "prog/xdp" in line), "")

    def pcap(self, name, *arguments):
        """A capture and the truth about it."""
        path = os.path.join(self.folder, name)
        sh(PCAPGEN, "--output", path, *arguments)
        with open(path + ".truth.json", encoding="utf-8") as file:
            return path, json.load(file)


SA_FIELDS = ("received", "bytes", "first", "highest", "first_ext", "highest_ext", "lost", "gaps",
             "max_gap", "duplicates", "late", "max_late_extent", "too_old", "before_first",
             "outliers", "restarts")


def sas(report):
    return {f["id"]: {k: f[k] for k in SA_FIELDS} for f in report["flows"]}


def differences(report, truth):
    """The SAs a report and the truth do not agree about."""
    have, want = sas(report), sas(truth)
    return [(i, have.get(i), want.get(i)) for i in sorted(have.keys() | want.keys())
            if have.get(i) != want.get(i)][:3]


def secured(packets):
    return packets["macsec"] + packets["esp"] + packets["ah"] + packets["malformed"]


def wait_for(what, timeout=30):
    """Waits until `what()` is true; whether it became so."""
    end = time.monotonic() + timeout
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
