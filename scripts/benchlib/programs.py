"""Runs the project's programs, measured from outside."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("LACUNA_BUILD", "build"))
LACUNA = os.environ.get("LACUNA") or os.path.join(BUILD, "app", "lacuna", "lacuna")
# A build valgrind understands, whatever this machine's processor can.
PORTABLE = os.path.join(BUILD, "bench", "portable")
PCAPGEN = os.environ.get("PCAPGEN") or os.path.join(BUILD, "pcapgen", "pcapgen")


class Failed(Exception):
    """One line about what went wrong."""


@dataclasses.dataclass
class Run:
    """One program, from its start to its end."""
    wall_s: float       # by this process's clock
    cpu_s: float        # user and system, of all its threads
    peak_kib: int       # largest resident set
    output: str

    def json(self):
        try:
            return json.loads(self.output)
        except ValueError as error:
            raise Failed(f"no JSON document: {error}: {self.output[:200]!r}") from error


def run(*command, statuses=(0,)):
    """Runs `command` to its end. Failed if its exit status is none of `statuses`."""
    command = [str(word) for word in command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        try:
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=err) as process:
                try:
                    _, status, usage = os.wait4(process.pid, 0)
                except BaseException:
                    process.kill()
                    raise
                wall = time.perf_counter() - begin
                process.returncode = os.waitstatus_to_exitcode(status)
        except OSError as error:
            raise Failed(f"{command[0]}: {error.strerror}; build it first: scripts/build") from error
        out.seek(0)
        err.seek(0)
        text = out.read().decode(errors="replace")
        if process.returncode not in statuses:
            raise Failed(f"{' '.join(command)}: exit status {process.returncode}: "
                         f"{err.read().decode(errors='replace').strip()[-500:]}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, text)


def report_of(done, expected_packets):
    """The report of an analyze or replay, checked: everything offered, nothing dropped, and no
    figure that is more than this process saw pass."""
    report = done.json()
    packets, timing = report["packets"], report["timing"]
    if packets["offered"] != expected_packets or packets["dropped"]:
        raise Failed(f"{packets} of {expected_packets} frames")
    if timing["process_s"] > done.wall_s:
        raise Failed(f"process_s {timing['process_s']} is more than the {done.wall_s:.6f} s the "
                     "whole process took")
    return report


def recognised(report):
    packets = report["packets"]
    return packets["macsec"] + packets["esp"] + packets["ah"]


def analyze(capture, *options, threads=1):
    """(Run, report) of `lacuna analyze`."""
    done = run(LACUNA, "analyze", "--json", "--quiet", "--top", "1", "--threads", threads,
               "--max-flows", 1 << 25, *options, capture.path)
    return done, report_of(done, capture.packets)


def analyze_twice(capture):
    """The (Run, report) of the second of two runs right after each other, and of the first: the
    host of a virtual machine takes free memory back within seconds, and the first pays for getting
    it again."""
    first = analyze(capture)
    return *analyze(capture), first


def replay(capture, *options, eal=()):
    """(Run, report) of `lacuna replay`."""
    done = run(LACUNA, "replay", "--json", "--quiet", "--top", "1", "--max-flows", 1 << 25,
               *options, capture.path, *(("--", *eal) if eal else ()))
    return done, report_of(done, capture.packets)


def bench(*arguments):
    """The document of `lacuna bench ... --json`."""
    return run(LACUNA, "bench", *arguments, "--json").json()


def in_turn(rounds, contestants):
    """Calls each of `contestants` (name: function) once a round, so that what the machine does
    meanwhile meets all of them; {name: [result, ...]}."""
    results = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            results[name].append(measure())
    return results


def end_orderly():
    """SIGTERM ends this process as an exception does: children and files do not stay behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def say(line):
    print(f"==> {line}", file=sys.stderr, flush=True)
