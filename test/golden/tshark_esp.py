#!/usr/bin/env python3
"""lacuna's gaps of ESP equal what Wireshark's own sequence analysis finds, where that applies.

Wireshark compares each packet with the one before it under the same SPI, whatever the destination,
and calls a late packet wrong as well. So: traffic with loss, and without reordering or duplicates,
and only SPIs that belong to one destination.

tshark_esp.py PCAPGEN LACUNA; skipped (exit 77) where there is no tshark.
"""
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

TRAFFIC = ("--packets", "20000", "--flows", "200", "--protocol", "ipsec", "--ipv6-ratio", "0.3",
           "--natt-ratio", "0.2", "--gap-rate", "0.02", "--seed", "11", "--quiet")


def wireshark(capture):
    """{SPI: {(first missing, next)}} and {SPI: {destination}}."""
    fields = ("esp.spi", "ip.dst", "ipv6.dst", "esp.sequence",
              "esp.sequence-analysis.expected-sn")
    command = ["tshark", "-r", capture, "-o", "esp.do_esp_sequence_analysis:TRUE", "-Y", "esp",
               "-T", "fields", *(word for field in fields for word in ("-e", field))]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    gaps, destinations = collections.defaultdict(set), collections.defaultdict(set)
    for line in lines:
        spi, ipv4, ipv6, number, expected = (line + "\t" * 5).split("\t")[:5]
        destinations[spi].add(ipv4 or ipv6)
        if expected and expected != number:
            gaps[spi].add((int(expected), int(number)))
    return gaps, destinations


def main():
    if not shutil.which("tshark"):
        print("skipped: no tshark")
        return 77
    pcapgen, lacuna = sys.argv[1:]
    with tempfile.TemporaryDirectory() as directory:
        capture = os.path.join(directory, "esp.pcap")
        subprocess.run([pcapgen, *TRAFFIC, "--output", capture], check=True)
        found, destinations = wireshark(capture)
        report = json.loads(subprocess.run([lacuna, "analyze", "--json", "--gaps", "--quiet", capture],
                                           capture_output=True, text=True, check=True).stdout)
    ours = collections.defaultdict(set)
    for gap in report["gaps"]:
        protocol, spi, _ = gap["flow_id"].split("-", 2)
        if protocol == "esp":
            ours["0x" + spi].add((gap["first_missing"], gap["next"]))
    alone = [spi for spi, where in destinations.items() if len(where) == 1]
    differ = [spi for spi in alone if found[spi] != ours[spi]]
    for spi in differ[:10]:
        print(f"{spi}: only Wireshark {sorted(found[spi] - ours[spi])}, "
              f"only lacuna {sorted(ours[spi] - found[spi])}")
    compared = sum(len(ours[spi]) for spi in alone)
    print(f"{len(alone)} SPIs of one destination, {compared} gaps, {len(differ)} SPIs differ")
    return 0 if not differ and len(alone) > 50 and compared > 100 else 1


if __name__ == "__main__":
    sys.exit(main())
