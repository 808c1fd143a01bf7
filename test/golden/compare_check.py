#!/usr/bin/env python3
"""What `lacuna compare` says of two captures, runs and spans, against their own reports.

compare_check.py LACUNA PCAPGEN
"""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile

LACUNA, PCAPGEN = (os.path.abspath(a) for a in sys.argv[1:3])
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:1500]}")
        FAILED.append(name)


def run(*arguments):
    return subprocess.run([LACUNA, *arguments], capture_output=True, text=True, check=False,
                          timeout=120)


def compare(*arguments):
    done = run("compare", "--json", *arguments)
    check(f"compare {' '.join(arguments)}: status", done.returncode == 0, done.stderr)
    return json.loads(done.stdout)


def refused(name, *arguments, says):
    done = run(*arguments)
    check(f"refused: {name}", done.returncode == 2 and done.stdout == ""
          and done.stderr.count("\n") == 1 and says in done.stderr, done)


def generate(name, *options):
    subprocess.run([PCAPGEN, "--packets", "40000", "--flows", "10", "--seed", "7", *options,
                    "--output", name, "--quiet"], check=True)
    return json.loads(run("analyze", "--json", name).stdout)


def figures(flows):
    return {f["id"]: (f["received"], f["lost"], f["late"], f["duplicates"]) for f in flows}


def check_captures():
    few = generate("few.pcap", "--gap-rate", "0.001")
    many = generate("many.pcap", "--gap-rate", "0.03")
    document = compare("few.pcap", "many.pcap")
    check("as a whole it is worse", document["schema"] == "lacuna.compare/1"
          and document["change"] == "worse")
    for side, report in (("a", few), ("b", many)):
        check(f"{side}: the totals are the report's", all(
            document[side]["totals"][n] == report["totals"][n]
            for n in ("flows", "received", "lost", "late", "duplicates", "gaps")), document[side])
        mine = {p["what"]: tuple(p[side][n] for n in ("received", "lost", "late", "duplicates"))
                for p in document["flows"] if p[side] is not None and not p["several"]}
        of_report = figures(report["flows"])
        check(f"{side}: every SA has the report's figures", mine
              and all(of_report[i] == f for i, f in mine.items()), mine)
    worse = [p for p in document["flows"] if p["change"] == "worse"]
    check("SAs are worse, and come first", worse and document["flows"][:len(worse)] == worse, worse)
    check("nothing is better", not [p for p in document["flows"] if p["change"] == "better"])
    back = compare("many.pcap", "few.pcap")
    check("the other way round it is better", back["change"] == "better"
          and len([p for p in back["flows"] if p["change"] == "better"]) == len(worse))
    alike = compare("many.pcap", "many.pcap")
    check("a capture is as it is", alike["change"] == "same"
          and {p["change"] for p in alike["flows"]} == {"same"})
    text = run("compare", "few.pcap", "many.pcap").stdout
    check("a person reads the verdict first", text.startswith("Worse: ")
          and f"; {len(worse)} worse" in " ".join(text.split()), text)
    check("and not what did not change",
          "no worse and no better" in run("compare", "few.pcap", "few.pcap").stdout)
    rows = list(csv.DictReader(io.StringIO(run("compare", "--csv", "few.pcap", "many.pcap").stdout)))
    check("as CSV", [r["what"] for r in rows] == [p["what"] for p in document["flows"]])
    one = worse[0]["what"]
    field, value = ("spi", one.split("-")[1]) if one.startswith("esp") else ("sci", one.split("-")[1])
    part = compare("--filter", f"{field} {value}", "few.pcap", "many.pcap")
    check("a filter narrows both", all(value in p["what"] for p in part["flows"]), part["flows"])
    return few, many


def check_keys(few):
    """SAs that were rekeyed meanwhile are known by their direction, or by a name."""
    other = generate("other.pcap", "--gap-rate", "0.03", "--seed", "8")
    document = compare("few.pcap", "other.pcap")
    check("other SAs are new or gone, or of one direction", {p["change"] for p in document["flows"]}
          <= {"new", "gone", "worse", "better", "same"} and all(p["several"] for p in document["flows"])
          and sum(p["a"]["received"] for p in document["flows"] if p["a"])
          == few["totals"]["received"]
          and sum(p["b"]["received"] for p in document["flows"] if p["b"])
          == other["totals"]["received"], document["flows"])
    with open("names.toml", "w", encoding="utf-8") as file:
        file.write('[endpoints]\n"0.0.0.0/0" = "all"\n')
    named = compare("--names", "names.toml", "few.pcap", "other.pcap")
    together = [p for p in named["flows"] if p["what"] == "all → all"]
    esp4 = [sum(f["received"] for f in r["flows"] if f["protocol"] != "macsec" and ":" not in f["dst"])
            for r in (few, other)]
    check("a name joins them", not any(esp4) or (len(together) == 1 and
          [together[0]["a"]["received"], together[0]["b"]["received"]] == esp4), (together, esp4))


def check_stores(few, many):
    for name in ("few.pcap", "many.pcap"):
        run("analyze", "--quiet", "--db", "db", name)
    document = compare("db@1", "db")
    check("two runs of a store", document["change"] == "worse"
          and document["a"]["totals"]["lost"] == few["totals"]["lost"]
          and document["b"]["totals"]["lost"] == many["totals"]["lost"])
    mixed = compare("few.pcap", "db@2")
    check("a capture and a run", mixed["flows"] == document["flows"])
    span = compare("db@1", "db@2000-01-01..")
    check("a span of time", span["b"]["totals"]["lost"]
          == few["totals"]["lost"] + many["totals"]["lost"], span["b"])
    refused("no such run", "compare", "db@9", "db", says="no run 9")
    refused("neither run nor time", "compare", "db@x", "db", says="neither a run nor a time")
    refused("no such capture", "compare", "few.pcap", "none.pcap", says="none.pcap")
    refused("one side alone", "compare", "few.pcap", says="B")


def main():
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        few, many = check_captures()
        check_keys(few)
        check_stores(few, many)
        os.chdir("/")
    print(f"{len(FAILED)} failed" if FAILED else "all as it should be")
    sys.exit(1 if FAILED else 0)


main()
