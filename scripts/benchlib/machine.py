"""What a figure depends on besides the program."""

import os
import platform
import subprocess
import time

from . import programs


def _first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              cwd=programs.ROOT)
    except OSError:
        return ""
    return done.stdout.split("\n")[0].strip()


def _cpu():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def _memory_gib():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _caches():
    sizes = {}
    base = "/sys/devices/system/cpu/cpu0/cache"
    for index in sorted(os.listdir(base)) if os.path.isdir(base) else []:
        def read(name, where=os.path.join(base, index)):
            with open(os.path.join(where, name), encoding="utf-8") as file:
                return file.read().strip()
        if index.startswith("index") and read("type") != "Instruction":
            sizes["L" + read("level")] = read("size")
    return ", ".join(f"{name} {size}" for name, size in sizes.items())


def describe(captures):
    return {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "cpu": _cpu(),
        "cpus": len(os.sched_getaffinity(0)),
        "caches": _caches(),
        "memory_gib": round(_memory_gib(), 1),
        "kernel": platform.release(),
        "dpdk": _first_line("pkg-config", "--modversion", "libdpdk"),
        "lacuna": _first_line(programs.LACUNA, "--version"),
        "commit": _first_line("git", "describe", "--always", "--dirty"),
        "captures": captures.where(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def sentence(machine):
    """One line for people."""
    return (f"{machine['cpu']}, {machine['cpus']} CPUs ({machine['caches']}), "
            f"{machine['memory_gib']} GiB, Linux {machine['kernel']}, DPDK {machine['dpdk']}, "
            f"{machine['lacuna']} ({machine['commit']}), {machine['date']}; load before: "
            f"{machine['load_before']}; captures on {machine['captures'].rsplit('(', 1)[1][:-1]}, "
            "in the page cache")
