#!/usr/bin/env python3
"""lacuna bench: every benchmark tells what was recognised, agrees with the truth, and refuses what
it cannot measure.

bench_check.py PCAPGEN LACUNA
"""
import json
import os
import subprocess
import sys
import tempfile

PCAPGEN, LACUNA = (os.path.abspath(a) for a in sys.argv[1:3])
EAL = ("--", "--no-huge", "-m", "256")
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {detail}")
        FAILED.append(name)


def bench(*arguments):
    return subprocess.run([LACUNA, "bench", *arguments], capture_output=True, text=True,
                          check=False, timeout=120)


def generate(directory, name, *options):
    path = os.path.join(directory, name)
    subprocess.run([PCAPGEN, "--quiet", "--output", path, "--seed", "5", *options], check=True)
    with open(path + ".truth.json", encoding="utf-8") as file:
        return path, json.load(file)


def measured(name, done, packets, recognised, flows, passes):
    """The document says what it measured, and its figures follow from its seconds."""
    if done.returncode != 0:
        check(name, False, f"status {done.returncode}: {done.stderr}")
        return
    j = json.loads(done.stdout)
    counts = (j["packets"], j["recognised"], j["not_recognised"], j["flows"])
    check(name + ": counts", counts == (packets, recognised, packets - recognised, flows), counts)
    check(name + ": passes", len(j["passes"]) == passes and j["result"] in j["passes"], j)
    check(name + ": figures",
          all(p["seconds"] > 0 and abs(p["ns_per_packet"] * packets / 1e9 - p["seconds"]) < 1e-6
              for p in j["passes"]), j["passes"])


def refused(name, *arguments, says):
    done = bench(*arguments)
    check("refused: " + name,
          done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1
          and says in done.stderr, f"status {done.returncode}: {done.stderr!r}")


def main():
    with tempfile.TemporaryDirectory() as directory:
        mixed, truth = generate(directory, "mixed,odd name.pcap", "--packets", "20000", "--flows",
                                "300", "--protocol", "mixed", "--gap-rate", "0.01")
        seen = truth["packets"]
        frames, flows = seen["offered"], truth["totals"]["flows"]
        secured = seen["macsec"] + seen["esp"] + seen["ah"]
        check("the traffic has frames that are not secured", 0 < secured < frames, seen)
        for arguments, passes in ((("bare", "--rounds", "2"), 2), (("stages",), 9),
                                  (("rx", "--source", "mapped"), 3)):
            measured(" ".join(arguments), bench(*arguments, "--json", mixed), frames, secured,
                     flows, passes)
        measured("rx", bench("rx", "--json", mixed, *EAL), frames, secured, flows, 3)
        table = bench("bare", mixed)
        check("a table says what was not recognised",
              f"not recognised  {frames - secured:,} frames" in table.stdout, table.stdout)

        for layout in ("rtc:1", "pipeline:parse=2,work=2"):
            for feed in ("frames", "buffers"):
                done = bench("pipeline", "--json", "--packets", "50000", "--flows", "700", "--size",
                             "imix", "--protocol", "mixed", "--layout", layout, "--feed", feed,
                             "--rounds", "2", *EAL)
                measured(f"pipeline, {layout}, {feed}", done, 50000, 50000, 700, 2)

        refused("no benchmark", says="a command is missing")
        refused("a file that is missing", "bare", directory + "/none", says="none")
        refused("a directory", "stages", directory, says=directory)
        refused("a file that is no capture", "rx", __file__, says=__file__)
        cut = os.path.join(directory, "empty.pcap")
        with open(mixed, "rb") as source, open(cut, "wb") as file:
            file.write(source.read(24))
        refused("a capture without frames", "bare", cut, says="holds no frame")
        refused("--rounds 0", "bare", "--rounds", "0", mixed, says="--rounds")
        refused("--source nic", "rx", "--source", "nic", mixed, says="--source nic")
        refused("--size 63", "pipeline", "--size", "63", says="--size 63")
        refused("--size 64x", "pipeline", "--size", "64x", says="--size 64x")
        refused("--flows 0", "pipeline", "--flows", "0", says="--flows")
        refused("--packets 0", "pipeline", "--packets", "0", says="--packets")
        refused("--protocol ospf", "pipeline", "--protocol", "ospf", says="ospf")
        refused("--feed hay", "pipeline", "--feed", "hay", says="hay")
        refused("two pollers of one queue", "pipeline", "--layout", "rtc:2", says="rtc:2")
        refused("a driver that loops", "rx", mixed, "--", "--vdev",
                "net_pcap9,rx_pcap=x,infinite_rx=1", says="infinite_rx")
    print(f"{len(FAILED)} failed")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
