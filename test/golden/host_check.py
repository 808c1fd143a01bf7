#!/usr/bin/env python3
"""What a host is prepared with: the configurations of drivers-config, the unit, the doctor, and the
scripts that reserve hugepages and bind NICs - these on a made-up sysfs, the first on the real one too.

usage: host_check.py SOURCE-ROOT"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import tomllib

LACUNA = os.environ["LACUNA"]
ROOT = sys.argv[1]
CONFIGS = os.path.join(ROOT, "drivers-config")
DRIVERS = ("net_pcap", "net_af_xdp", "net_af_packet", "ixgbe", "i40e", "ice", "mlx5", "ena",
           "virtio")
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:1500]}", flush=True)
        FAILED.append(name)


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **more)


def known_keys():
    """Every key, by section; what a port may have depends on its kind."""
    keys = {}
    for port in (["--interface", "eth9"], ["--pci", "0000:03:00.0"], ["--vdev", "net_null0"]):
        effective = tomllib.loads(run(LACUNA, "run", *port, "--check").stdout)
        for section, content in effective.items():
            table = content[0] if isinstance(content, list) else content
            keys.setdefault(section, set()).update(table)
    return keys


def configurations():
    keys = known_keys()
    files = sorted(f for f in os.listdir(CONFIGS) if f.endswith(".toml"))
    check("there is a configuration for each driver",
          files == sorted(d + ".toml" for d in DRIVERS), files)
    for file in files:
        path = os.path.join(CONFIGS, file)
        done = run(LACUNA, "run", "--config", path, "--check")
        check(f"{file} is accepted", done.returncode == 0 and done.stderr == "", done.stderr)
        again = run(LACUNA, "run", "--config", "/dev/stdin", "--check", input=done.stdout)
        check(f"{file}: what it means reads back the same", again.stdout == done.stdout,
              again.stdout + again.stderr)
        with open(path, encoding="utf-8") as text:
            lines = text.read().splitlines()
        section, unknown = "", []
        for line in lines:
            if header := re.match(r"^\[+([a-z]+)\]+$", line):
                section = header[1]
            # What is commented out is there to be uncommented.
            elif (found := re.match(r"^# ?([a-z0-9-]+) = ", line)) and section:
                if found[1] not in keys.get(section, ()):
                    unknown.append(f"[{section}] {found[1]}")
            elif header := re.match(r"^# \[([a-z]+)\]$", line):
                section = header[1]
        check(f"{file}: what is commented out is known too", not unknown, unknown)
        check(f"{file} says how to bind and what hugepages it needs",
              file == "net_pcap.toml" or all(any(w in line for line in lines)
                                             for w in ("Bind", "Hugepages")), file)
        doctor = run(LACUNA, "doctor", "--config", path, "--json")
        findings = json.loads(doctor.stdout)
        problems = [f for f in findings["findings"] if f["level"] == "problem"]
        check(f"{file}: the doctor says what stops it, and what mends that",
              doctor.returncode == (1 if problems else 0) and findings["ready"] == (not problems)
              and all(f["mend"] for f in problems), doctor.stdout)
    done = run(LACUNA, "doctor")
    check("the doctor looks at a host by itself", done.returncode in (0, 1)
          and "DPDK 2" in done.stdout and done.stderr == "", done.stdout + done.stderr)
    for arguments in (["--config", "/none.toml"], ["--pci", "nonsense"], ["--bogus"]):
        done = run(LACUNA, "doctor", *arguments)
        check(f"the doctor refuses {' '.join(arguments)}", done.returncode == 2 and done.stdout == ""
              and len(done.stderr.splitlines()) == 1, done.stderr)


def unit(folder):
    if shutil.which("systemd-analyze") is None:
        print("systemd-analyze is not installed: the unit is not checked")
        if os.environ.get("CI"):
            FAILED.append("no systemd-analyze")
        return
    with open(os.path.join(CONFIGS, "host", "lacuna.service"), encoding="utf-8") as file:
        text = file.read()
    copy = os.path.join(folder, "lacuna.service")
    with open(copy, "w", encoding="utf-8") as file:
        file.write(text.replace("/usr/bin/lacuna", LACUNA))
    done = run("systemd-analyze", "verify", "--man=no", copy)
    ours = [line for line in done.stderr.splitlines() if "lacuna" in line]
    check("the unit is as systemd wants it", not ours, done.stderr)
    done = run("systemd-analyze", "security", "--offline=true", copy)
    exposure = re.search(r"Overall exposure level for \S+ (\d+\.\d+)", done.stdout.replace(":", ""))
    check("the unit is hardened", exposure and float(exposure[1]) < 4.0, done.stdout[-300:])


class Sysfs:
    """Two NICs, one in use, and hugepages; who writes to drivers_probe moves a device."""

    def __init__(self, folder):
        self.sys = os.path.join(folder, "sys")
        self.bin = os.path.join(folder, "bin")
        self.state = os.path.join(folder, "state")
        pci = self.pci = f"{self.sys}/bus/pci"
        for driver in ("i40e", "vfio-pci", "uio_pci_generic"):
            os.makedirs(f"{pci}/drivers/{driver}")
        for address, interface in (("0000:03:00.0", "eth1"), ("0000:04:00.0", "eth2")):
            device = f"{pci}/devices/{address}"
            os.makedirs(f"{device}/net/{interface}")
            for name, text in (("class", "0x020000"), ("vendor", "0x8086"), ("device", "0x158b"),
                               ("driver_override", "(null)")):
                self.write(f"{device}/{name}", text)
            os.symlink(f"{pci}/drivers/i40e", f"{device}/driver")
            group = f"{self.sys}/kernel/iommu_groups/{address[6]}"
            os.makedirs(f"{group}/devices/{address}")
            os.symlink(group, f"{device}/iommu_group")
        self.write(f"{pci}/devices/0000:05:00.0/class", "0x010000")
        self.write(f"{pci}/drivers/i40e/unbind", "")
        self.write(f"{pci}/drivers/vfio-pci/unbind", "")
        self.write(f"{pci}/drivers/uio_pci_generic/unbind", "")
        os.mkfifo(f"{pci}/drivers_probe")
        self.pages = f"{self.sys}/kernel/mm/hugepages/hugepages-2048kB"
        self.write(f"{self.pages}/nr_hugepages", "7")
        self.write(f"{self.pages}/free_hugepages", "7")
        self.node = f"{self.sys}/devices/system/node/node1/hugepages/hugepages-2048kB"
        self.write(f"{self.node}/nr_hugepages", "3")
        self.write(f"{self.node}/free_hugepages", "3")
        self.write(f"{self.bin}/ip", '#!/bin/sh\ncase "$*" in *eth2*) echo 192.0.2.1/24 ;; esac\n')
        os.chmod(f"{self.bin}/ip", 0o755)
        self.kernel = threading.Thread(target=self.probe, daemon=True)
        self.kernel.start()

    @staticmethod
    def write(path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8") as file:
            return file.read().strip()

    def driver(self, address):
        return os.path.basename(os.readlink(f"{self.pci}/devices/{address}/driver"))

    def probe(self):
        """As the kernel does: the device goes to the driver that overrides, else to its own."""
        while True:
            with open(f"{self.pci}/drivers_probe", encoding="utf-8") as pipe:
                address = pipe.read().strip()
            device = f"{self.pci}/devices/{address}"
            driver = self.read(f"{device}/driver_override") or "i40e"
            os.symlink(f"{self.pci}/drivers/{driver}", f"{device}/driver.new")
            os.rename(f"{device}/driver.new", f"{device}/driver")

    def script(self, name, *arguments):
        more = dict(os.environ, LACUNA_SYS=self.sys, LACUNA_STATE=self.state,
                    PATH=f"{self.bin}:{os.environ['PATH']}")
        return run(os.path.join(ROOT, "scripts", name), *arguments, env=more)


def binding(folder):
    fake = Sysfs(folder)
    shown = fake.script("bind-nic", "show").stdout
    check("bind-nic shows NICs and nothing else", "0000:03:00.0" in shown and "eth2" in shown
          and "0000:05:00.0" not in shown, shown)
    for name, arguments, says in (
            ("an address that is none", ("bind", "eth1"), "no PCI address"),
            ("a device that is not there", ("bind", "0000:09:00.0"), "no PCI device"),
            ("a disk", ("bind", "0000:05:00.0"), "no network controller"),
            ("an interface in use", ("bind", "0000:04:00.0"), "eth2 is in use"),
            ("nothing to do", (), "usage")):
        done = fake.script("bind-nic", *arguments)
        check(f"bind-nic refuses {name}", done.returncode == 1 and says in done.stderr
              and fake.driver("0000:04:00.0") == "i40e", (done.returncode, done.stderr))
    done = fake.script("bind-nic", "check", "0000:03:00.0")
    check("bind-nic finds nothing against a free NIC", done.returncode == 0, done.stdout)
    done = fake.script("bind-nic", "bind", "0000:03:00.0", "--dry-run")
    check("bind-nic says what it would write, and writes nothing",
          done.stdout.count("echo ") == 3 and fake.driver("0000:03:00.0") == "i40e"
          and fake.read(f"{fake.pci}/devices/0000:03:00.0/driver_override") == "(null)", done.stdout)
    done = fake.script("bind-nic", "bind", "0000:03:00.0")
    check("bind-nic binds", done.returncode == 0 and fake.driver("0000:03:00.0") == "vfio-pci"
          and fake.read(f"{fake.pci}/drivers/i40e/unbind") == "0000:03:00.0",
          (done.stdout, done.stderr))
    done = fake.script("bind-nic", "restore", "0000:03:00.0")
    check("bind-nic gives back", done.returncode == 0 and fake.driver("0000:03:00.0") == "i40e"
          and fake.read(f"{fake.pci}/devices/0000:03:00.0/driver_override") == "",
          (done.stdout, done.stderr))
    done = fake.script("bind-nic", "bind", "0000:04:00.0", "--force")
    check("bind-nic takes one in use if that is meant", done.returncode == 0
          and fake.driver("0000:04:00.0") == "vfio-pci", done.stderr)

    fake.script("bind-nic", "restore", "0000:04:00.0")
    done = fake.script("bind-nic", "bind", "0000:03:00.0", "--driver", "e1000e")
    check("bind-nic refuses a driver that gives nothing away", done.returncode == 1
          and "gives no device to DPDK" in done.stderr, done.stderr)
    # Without an IOMMU, and without the unsafe mode of vfio, which kernels may lack.
    os.rename(f"{fake.sys}/kernel/iommu_groups", f"{fake.sys}/kernel/no_groups")
    os.remove(f"{fake.pci}/devices/0000:03:00.0/iommu_group")
    done = fake.script("bind-nic", "bind", "0000:03:00.0")
    check("bind-nic takes uio_pci_generic where there is no IOMMU", done.returncode == 0
          and fake.driver("0000:03:00.0") == "uio_pci_generic", (done.stdout, done.stderr))
    done = fake.script("bind-nic", "restore", "0000:03:00.0")
    check("and gives back from there", fake.driver("0000:03:00.0") == "i40e", done.stderr)
    fake.write(f"{fake.pci}/devices/0000:03:00.0/irq", "0")
    done = fake.script("bind-nic", "check", "0000:03:00.0")
    check("bind-nic says where uio_pci_generic cannot", done.returncode == 1
          and "no legacy interrupt" in done.stdout, done.stdout)
    os.rename(f"{fake.sys}/kernel/no_groups", f"{fake.sys}/kernel/iommu_groups")

    done = fake.script("hugepages", "set", "100")
    check("hugepages are set in MiB", fake.read(f"{fake.pages}/nr_hugepages") == "50", done.stderr)
    fake.script("hugepages", "set", "11")
    fake.script("hugepages", "set", "64", "--node", "1")
    check("on a node too", fake.read(f"{fake.node}/nr_hugepages") == "32")
    for name, arguments in (("no number", ("set", "many")), ("no such node", ("set", "8", "--node", "7")),
                            ("no such size", ("set", "8", "--size", "4"))):
        done = fake.script("hugepages", *arguments)
        check(f"hugepages refuses: {name}", done.returncode == 1 and done.stderr.count("\n") == 1,
              done.stderr)
    fake.script("hugepages", "restore")
    check("and are what they were again", fake.read(f"{fake.pages}/nr_hugepages") == "7"
          and fake.read(f"{fake.node}/nr_hugepages") == "3")
    done = fake.script("hugepages", "restore")
    check("once only", done.returncode == 0 and "nothing to restore" in done.stdout, done.stdout)


def real_hugepages(folder):
    pool = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
    if not os.access(pool, os.W_OK):
        print("no hugepages, or not root: the real ones are left alone")
        return
    before = int(Sysfs.read(pool))
    more = dict(os.environ, LACUNA_STATE=os.path.join(folder, "real"))
    script = os.path.join(ROOT, "scripts", "hugepages")
    try:
        done = run(script, "set", str(before * 2 + 8), env=more)
        check("real hugepages are reserved", done.returncode == 0
              and int(Sysfs.read(pool)) == before + 4, (done.stdout, done.stderr))
    finally:
        done = run(script, "restore", env=more)
    check("and given back", int(Sysfs.read(pool)) == before, (done.stdout, done.stderr))


def main():
    with tempfile.TemporaryDirectory(prefix="lacuna-host-") as folder:
        configurations()
        unit(folder)
        binding(folder)
        real_hugepages(folder)
    print(f"{len(FAILED)} failed" if FAILED else "all as expected")
    sys.exit(1 if FAILED else 0)


main()
