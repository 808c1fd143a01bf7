#!/usr/bin/env python3
"""What the command line does with good, bad and unlucky input.

cli_check.py LACUNA PCAPGEN LIBEXECDIR BINDIR
Every mistake must give exit status 2, nothing on standard output and one clear line on stderr.
"""

import gzip
import html.parser
import json
import lzma
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

LACUNA, PCAPGEN, LIBEXECDIR, BINDIR = (os.path.abspath(a) for a in sys.argv[1:5])
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {detail}")
        FAILED.append(name)


def run(*arguments, **more):
    return subprocess.run([LACUNA, *arguments], capture_output=True, check=False, timeout=60,
                          **more)


def told(done):
    return f"status {done.returncode}, stderr {done.stderr!r}, stdout {done.stdout[:200]!r}"


def refused(name, *arguments, says=()):
    """Status 2, one line, and that line names what it is about."""
    done = run(*arguments)
    line = done.stderr.decode()
    clear = (done.returncode == 2 and done.stdout == b"" and line.startswith("lacuna: ")
             and line.count("\n") == 1 and line.endswith("\n") and all(s in line for s in says))
    check("refused: " + name, clear, told(done))


def report(*arguments, **more):
    done = run("analyze", "--json", *arguments, **more)
    return (json.loads(done.stdout) if done.returncode == 0 else None), done


def same_but(document, *left_out):
    left_out = ("timing", "input", *left_out)
    return {k: v for k, v in document.items() if k not in left_out}


def record_offset(octets, number):
    """Where record `number` of a classic capture begins."""
    at = 24
    for _ in range(number):
        at += 16 + struct.unpack_from("<I", octets, at + 8)[0]
    return at


def bad_options():
    for value in ("0", "-1", "63", "100", "65537", "999999999999", "99999999999999999999", "abc",
                  "64k", ""):
        refused(f"--window {value}", "analyze", "a.pcap", "--window", value, says=["--window"])
    for value in ("0", "-1", "268435457", "99999999999999999999", "many"):
        refused(f"--max-flows {value}", "analyze", "a.pcap", "--max-flows", value,
                says=["--max-flows"])
    for option in ("--top", "--gaps"):
        refused(f"{option} -1", "analyze", "a.pcap", option, "-1", says=[option])
        refused(f"{option}=x", "analyze", "a.pcap", option + "=x", says=[option, "x"])
    for value in ("-1", "nan", "inf", "soon"):
        refused(f"--idle-timeout {value}", "analyze", "a.pcap", "--idle-timeout", value,
                says=["--idle-timeout"])
    refused("--json --csv", "analyze", "a.pcap", "--json", "--csv", says=["--json", "--csv"])
    refused("--json=perhaps", "analyze", "a.pcap", "--json=perhaps", says=["--json", "perhaps"])
    refused("an option given twice", "analyze", "a.pcap", "--window", "64", "--window", "128",
            says=["--window"])
    refused("an option without its value", "analyze", "a.pcap", "--window", says=["--window"])
    refused("an unknown option", "analyze", "a.pcap", "--nope", says=["--nope"])
    refused("an unknown option before the command", "--nope", "analyze", "a.pcap", says=["--nope"])
    refused("an unknown command", "analyse", "a.pcap", says=["analyse"])
    refused("a command with a slip", "analyse", "a.pcap", says=["did you mean analyze?"])
    refused("a command of query with a slip", "query", "--db", "db", "flow5",
            says=["did you mean flows?"])
    refused("a capture alone", "a.pcap", says=["did you mean 'lacuna analyze a.pcap'?"])
    refused("a missing capture alone", "site.pcapng.zst",
            says=["did you mean 'lacuna analyze site.pcapng.zst'?"])
    refused("an option with a slip", "analyze", "a.pcap", "--jsn", says=["did you mean --json?"])
    refused("nothing that comes to mind", "analyze", "a.pcap", "--zzzzzzzz", says=["--help"])
    refused("completion of a strange shell", "completion", "tcsh", says=["bash", "zsh", "fish"])
    refused("a missing file of names", "analyze", "--names", "none.toml", "a.pcap",
            says=["none.toml", "No such file"])
    refused("a filter with a slip", "analyze", "--filter", "lost > 0 and losst > 1", "a.pcap",
            says=["column 14", "losst"])
    refused("--csv of two lists", "analyze", "--csv", "--gaps", "--late", "a.pcap",
            says=["--gaps", "--late"])
    refused("--output into a folder", "analyze", "--output", "folder/none/x", "a.pcap",
            says=["folder/none/x"])
    refused("no command", says=["--help"])
    refused("no file", "analyze", says=["FILE"])
    refused("query without a command", "query", "--db", "db", says=["--help"])
    refused("query without a store", "query", "summary", says=["--db"])
    refused("query with an unknown command", "query", "--db", "db", "flaws", says=["flaws"])


def bad_files():
    refused("a missing file", "analyze", "missing.pcap", says=["missing.pcap"])
    refused("a missing file after a good one", "analyze", "a.pcap", "missing.pcap",
            says=["missing.pcap"])
    refused("a directory", "analyze", "folder", says=["folder", "directory"])
    refused("an empty name", "analyze", "", says=["file"])
    for name, octets, says in (
            ("empty", b"", "empty"),
            ("garbage", bytes(range(7, 207)), "not a capture"),
            ("text", b"no capture at all\n" * 10, "not a capture"),
            ("short", struct.pack("<IHHI", 0xA1B2C3D4, 2, 4, 0), "short"),
            ("usb.pcap", struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 189), "link type"),
            ("pointer.pcap", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
             "a Git LFS pointer, not the file"),
            ("a.pcap.gz", gzip.compress(open("a.pcap", "rb").read())[:20], "cut"),
            ("a.pcap.xz", lzma.compress(open("a.pcap", "rb").read()), "xz")):
        with open(name, "wb") as file:
            file.write(octets)
        refused(f"{name}: {says}", "analyze", name, says=[name])
    if os.geteuid() == 0:
        print("skipped: a file root cannot read does not exist")
    else:
        with open("secret.pcap", "wb") as file:
            file.write(open("a.pcap", "rb").read())
        os.chmod("secret.pcap", 0)
        refused("a file without permission", "analyze", "secret.pcap", says=["secret.pcap"])
    many = ["a.pcap"] * 32769
    for command in (["analyze"], ["replay"], ["replay", "--source", "mapped"]):
        refused(f"{' '.join(command)}: more files than can be mapped and told apart", *command,
                "--quiet", *many, says=["32769 files"])


def gaps_option():
    """--gaps takes a number or none, and never a file."""
    everything, _ = report("a.pcap", "b.pcap", "--gaps")
    total = len(everything["gaps"])
    check("there are gaps to list", total > 5, str(total))
    for arguments, files, gaps in (
            (["--gaps", "a.pcap"], 1, None),
            (["a.pcap", "--gaps"], 1, None),
            (["--gaps", "a.pcap", "b.pcap"], 2, total),
            (["a.pcap", "--gaps", "b.pcap"], 2, total),
            (["--gaps", "3", "a.pcap", "b.pcap"], 2, 3),
            (["a.pcap", "b.pcap", "--gaps", "3"], 2, 3),
            (["--gaps=3", "a.pcap", "b.pcap"], 2, 3)):
        document, done = report(*arguments)
        good = (document is not None and document["input"] == ["a.pcap", "b.pcap"][:files]
                and (gaps is None or len(document["gaps"]) == gaps))
        check("analyze " + " ".join(arguments), good, told(done))
    with_gaps, _ = report("a.pcap", "--gaps")
    check("the gaps listed are those counted",
          len(with_gaps["gaps"]) == with_gaps["totals"]["gaps"]
          and sum(g["size"] for g in with_gaps["gaps"]) == with_gaps["totals"]["lost"])


def truncated():
    whole = open("a.pcap", "rb").read()
    with open("cut.pcap", "wb") as file:
        file.write(whole[:-7])
    document, done = report("cut.pcap")
    check("a cut capture is analysed as far as it goes",
          document is not None and document["truncated_input"] is True
          and document["packets"]["offered"] == 19999, told(done))
    check("and a line on stderr says where it is cut",
          done.stderr.count(b"\n") == 1 and b"cut.pcap: truncated at offset" in done.stderr,
          told(done))
    check("--quiet leaves that line out", run("analyze", "--quiet", "cut.pcap").stderr == b"")
    check("the table says it too", b"Truncated input: cut.pcap" in run("analyze", "cut.pcap").stdout)
    document, done = report("a.pcap")
    check("a whole capture is not called truncated",
          document["truncated_input"] is False and done.stderr == b"", told(done))


def order_of_files():
    whole = open("a.pcap", "rb").read()
    header, at, records = whole[:24], 24, []
    while at < len(whole):
        caplen = struct.unpack_from("<I", whole, at + 8)[0]
        records.append(whole[at:at + 16 + caplen])
        at += 16 + caplen
    half = len(records) // 2
    parts = {"early.pcap": records[:half], "late.pcap": records[half:]}
    for name, part in parts.items():
        with open(name, "wb") as file:
            file.write(header + b"".join(part))
    whole_report, _ = report("a.pcap")
    named, done = report("late.pcap", "early.pcap")
    check("files are read in the order of their first packets",
          named["input"] == ["early.pcap", "late.pcap"]
          and named["totals"] == whole_report["totals"]
          and any("order of their first packets" in n for n in named["notes"]), told(done))
    check("files named in order are not remarked on",
          report("early.pcap", "late.pcap")[0]["notes"] == [])
    given, done = report("--as-given", "late.pcap", "early.pcap")
    check("--as-given keeps the order named, and the overlap is said",
          given["input"] == ["late.pcap", "early.pcap"]
          and given["totals"] != whole_report["totals"]
          and any("early.pcap begins before late.pcap ended" in n for n in given["notes"]),
          told(done))


def streams():
    first = open("a.pcap", "rb").read()
    file, _ = report("a.pcap", "--gaps")
    pipe, done = report("-", "--gaps", input=first)
    check("analyze - equals analyze FILE",
          pipe is not None and same_but(pipe) == same_but(file), told(done))
    middle = record_offset(first, 10000)
    for name, octets in (("a1.pcap", first[:middle]), ("a2.pcap", first[:24] + first[middle:])):
        with open(name, "wb") as part:
            part.write(octets)
    parts, done = report("a1.pcap", "a2.pcap", "--gaps")
    check("files in the order given are one stream",
          parts is not None and same_but(parts) == same_but(file), told(done))
    check("another order is another stream, where it is kept",
          report("--as-given", "a2.pcap", "a1.pcap")[0]["totals"] != file["totals"])


def outputs():
    shell = f"'{LACUNA}' analyze --json a.pcap | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
    check("a reader that goes away ends the run quietly",
          done.stdout.endswith("\n0\n") and done.stderr == "", done.stdout[-200:] + done.stderr)
    for form in ([], ["--json"], ["--csv"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([LACUNA, "analyze", "a.pcap", *form], stdout=full,
                                  stderr=subprocess.PIPE, check=False)
        check(f"a full disk is said, {form or ['--table']}",
              done.returncode == 1 and done.stderr.count(b"\n") == 1
              and b"No space left" in done.stderr, str(done))
    done = run("analyze", "--csv", "--top", "3", "a.pcap")
    lines = done.stdout.decode().split("\r\n")
    check("--csv --top 3 is a heading and three lines",
          len(lines) == 5 and lines[4] == "" and len({len(l.split(",")) for l in lines[:4]}) == 1)
    for command in ([], ["analyze"], ["replay"], ["query"], ["query", "flow"]):
        done = run(*command, "--help")
        check(f"{' '.join(['lacuna', *command])} --help",
              done.returncode == 0 and done.stderr == b"" and b"Usage: lacuna" in done.stdout,
              told(done))
    done = run("--version")
    check("--version", done.returncode == 0 and done.stdout.startswith(b"lacuna "), told(done))


def files_to_hand_on():
    """--output and --html: whole files, or none."""
    for form in ([], ["--json"], ["--csv"], ["--csv", "--gaps"], ["--csv", "--late"]):
        shown = run("analyze", *form, "a.pcap")
        done = run("analyze", *form, "--output", "out.file", "a.pcap")
        with open("out.file", "rb") as file:
            written = file.read()
        if form == ["--json"]:
            good = same_but(json.loads(written)) == same_but(json.loads(shown.stdout))
        else:
            good = written == shown.stdout
        check(f"--output holds what {form or ['the table']} prints", good and written
              and done.stdout == b"" and done.returncode == 0, told(done))
    run("analyze", "--output", "none.file", "missing.pcap")
    check("a run that fails leaves no file",
          not os.path.exists("none.file") and not os.path.exists("none.file.part"))
    gaps, _ = report("--gaps", "a.pcap")
    lines = run("analyze", "--csv", "--gaps", "a.pcap").stdout.decode().split("\r\n")
    check("--csv --gaps: a line per gap", lines[0].startswith("flow_id,first_missing")
          and len(lines) == len(gaps["gaps"]) + 2, lines[:2])
    few, _ = report("--gaps", "1", "a.pcap")
    check("a list that --gaps cut says so", few["gaps_cut"] is True and gaps["gaps_cut"] is False)
    late, _ = report("--late", "a.pcap")
    lines = run("analyze", "--csv", "--late", "a.pcap").stdout.decode().split("\r\n")
    check("--csv --late: a line per packet", len(lines) == late["late_count"] + 2, lines[:2])

    with open("names.toml", "w", encoding="utf-8") as file:
        file.write(f'[spi]\n[endpoints]\n"0.0.0.0/0" = "<b>, \\"here\\""\n')
    done = run("analyze", "--html", "page.html", "--names", "names.toml", "--quiet", "a.pcap")
    page = open("page.html", encoding="utf-8").read()
    parser = Page()
    parser.feed(page)
    check("--html: every element ends where it must", parser.open == [] and parser.bad == [],
          (parser.open, parser.bad))
    check("--html: a verdict, tables and drawings",
          done.returncode == 0 and "lost packets" in parser.texts["h1"]
          and page.count("<svg") == 3 and page.count("<table>") == 4, told(done))
    check("--html: names are text", "<b>" not in page and "&lt;b&gt;, &quot;here&quot;" in page)
    check("--html: nothing is asked of anybody", not re.search(r"https?:|<script|<link|src=|url\(",
                                                               page))
    total = gaps["totals"]["lost"]
    bars = [int(n.replace(",", "")) for n in re.findall(r": ([0-9,]+) lost</title>", page)]
    check("--html: the timeline draws every lost number", sum(bars) == total, (sum(bars), total))
    check("--html: as CSV, names are quoted",
          b'"<b>, ""here"" ' in run("analyze", "--csv", "--names", "names.toml", "a.pcap").stdout)
    refused_page = run("analyze", "--html", "folder", "a.pcap")
    check("--html that cannot be written", refused_page.returncode == 1
          and b"folder" in refused_page.stderr, told(refused_page))


class Page(html.parser.HTMLParser):
    """What is open, and the text of each kind of element."""
    def __init__(self):
        super().__init__()
        self.open, self.bad, self.texts = [], [], {}

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append(tag)

    def handle_data(self, data):
        if self.open:
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + data


def selected_frames():
    """--bpf against what the octets of the frames say."""
    whole, _ = report("a.pcap")
    octets, at, frames = open("a.pcap", "rb").read(), 24, []
    while at < len(octets):
        caplen, length = struct.unpack_from("<II", octets, at + 8)
        frames.append((struct.unpack_from(">H", octets, at + 16 + 12)[0], length))
        at += 16 + caplen
    for expression, keeps in (("ip", lambda t, n: t == 0x0800),
                              ("ether proto 0x88e5", lambda t, n: t == 0x88E5),
                              ("ip6 and greater 500", lambda t, n: t == 0x86DD and n >= 500),
                              ("not ip", lambda t, n: t != 0x0800),
                              ("ether[12:2] > 0x8000", lambda t, n: t > 0x8000)):
        document, done = report("--bpf", expression, "a.pcap")
        want = sum(keeps(*f) for f in frames)
        check(f"--bpf '{expression}' keeps {want} frames", document is not None
              and document["packets"]["offered"] == want > 0, told(done))
        left = whole["packets"]["offered"] - want
        check(f"--bpf '{expression}' says what it left out",
              any(f"--bpf left {left} frames out" in n for n in document["notes"]) and left > 0,
              document["notes"])
    macsec, _ = report("--bpf", "ether proto 0x88e5", "a.pcap")
    check("--bpf keeps whole SAs", macsec["packets"]["macsec"] == whole["packets"]["macsec"]
          == macsec["packets"]["offered"])
    for threads in ("1", "3"):
        document, _ = report("--bpf", "ip", "--threads", threads, "a.pcap", "b.pcap")
        if threads == "1":
            alone = document
        else:
            check("--bpf with threads", same_but(document) == same_but(alone))
    refused("--bpf that makes no sense", "analyze", "--bpf", "ip and and", "a.pcap",
            says=["--bpf ip and and", "syntax error"])


def second_look():
    """The frames around gaps, and what late packets have in common."""
    whole, _ = report("--gaps", "a.pcap")
    document, done = report("--gaps", "5", "--extract", "frames", "a.pcap")
    files = sorted(os.listdir("frames"))
    check("--extract: a file for each gap", len(files) == 5 == len(document["gaps"]), told(done))
    for name, gap in zip(files, document["gaps"]):
        part, _ = report("--gaps", os.path.join("frames", name))
        mine = [g for g in part["gaps"] if g["flow_id"] == gap["flow_id"]]
        check(f"{name} shows the gap", any(
            g["first_missing"] <= gap["first_missing"] and gap["next"] <= g["next"] for g in mine)
              and part["packets"]["offered"] <= 96, (gap, mine))
    run("analyze", "--extract", "ten", "a.pcap")
    check("--extract: ten unless told otherwise", len(os.listdir("ten")) == min(10, len(whole["gaps"])))
    piped = run("analyze", "--extract", "none", "-", input=open("a.pcap", "rb").read())
    check("refused: --extract from a pipe", piped.returncode == 2 and piped.stdout == b""
          and b"twice" in piped.stderr, told(piped))
    refused("--extract into a file", "analyze", "--extract", "a.pcap/x", "a.pcap", says=["a.pcap/x"])

    document, done = report("--causes", "a.pcap")
    causes, totals = document["causes"], document["totals"]
    check("--causes: every packet has a size", sum(c["late"] for c in causes["by_size"])
          == totals["late"] > 0 and sum(c["received"] for c in causes["by_size"])
          == totals["received"] and not causes["late_cut"], causes)
    # Late packets of ESP over IPv4 get a mark of their own, and then stand out.
    late = {(l["flow_id"], l["time"]) for l in report("--late", "a.pcap")[0]["late"]
            if l["verdict"] == "late"}
    octets, at, marked = bytearray(open("a.pcap", "rb").read()), 24, 0
    nanoseconds = octets[:4] == b"\x4d\x3c\xb2\xa1"
    while at < len(octets):
        seconds, fraction, caplen, _ = struct.unpack_from("<IIII", octets, at)
        ns = fraction if nanoseconds else fraction * 1000
        time_text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{ns:09}Z"
        at += 16
        if octets[at + 12:at + 14] == b"\x08\x00" and octets[at + 23] == 50:
            spi = octets[at + 34:at + 38].hex()
            to = ".".join(str(o) for o in octets[at + 30:at + 34])
            if (f"esp-{spi}-{to}", time_text) in late:
                octets[at + 15] = 46 << 2
                marked += 1
        at += caplen
    with open("marked.pcap", "wb") as file:
        file.write(octets)
    document, done = report("--causes", "marked.pcap")
    ef = [c for c in document["causes"]["by_dscp"] if c["dscp"] == 46]
    check("--causes: a priority that comes late stands out",
          marked > 0 and ef == [{"dscp": 46, "received": marked, "late": marked}],
          (marked, document["causes"]))
    text = run("analyze", "--causes", "--filter", "proto esp", "marked.pcap").stdout.decode()
    check("--causes: and is said in a sentence", "late packets are of DSCP 46 (EF)" in text, text)


def interim():
    """--interval and SIGUSR1 while a pipe is read."""
    capture = open("a.pcap", "rb").read()
    wanted = re.compile(r"lacuna: \S+ \S+ UTC: [0-9,]+ frames? of [0-9,]+ SAs?; [0-9,]+ of [0-9,]+ "
                        r"numbers? lost \([0-9.<]+ %\)")
    for options, signalled in ((["--interval", "200ms"], False), ([], True)):
        process = subprocess.Popen([LACUNA, "analyze", "--utc", "--json", *options, "-"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdin.write(capture[:len(capture) // 2])
        process.stdin.flush()
        time.sleep(0.7)
        if signalled:
            process.send_signal(signal.SIGUSR1)
            time.sleep(0.7)
        out, said = process.communicate(capture[len(capture) // 2:], timeout=60)
        lines = said.decode().splitlines()
        name = " ".join(options) or "SIGUSR1"
        check(f"{name}: how things stand", lines and all(wanted.match(l) for l in lines)
              and len(lines) >= (1 if signalled else 2), lines)
        check(f"{name}: the report is as ever", process.returncode == 0
              and same_but(json.loads(out)) == same_but(report("a.pcap")[0]))
    refused("--interval without a time", "analyze", "--interval", "soon", "a.pcap", says=["soon"])


def units():
    for plain, unit in ((("--top", "1000"), ("--top", "1k")),
                        (("--max-flows", "2000000"), ("--max-flows", "2M")),
                        (("--idle-timeout", "0.001"), ("--idle-timeout", "1ms")),
                        (("--gaps", "1000"), ("--gaps", "1k"))):
        check(f"{' '.join(unit)} is {' '.join(plain)}",
              same_but(report("a.pcap", *plain)[0]) == same_but(report("a.pcap", *unit)[0]))
    for form in (["--packets", "2000", "--gap-rate", "0.055"],
                 ["--packets", "2k", "--gap-rate", "5.5%"]):
        subprocess.run([PCAPGEN, *form, "--seed", "3", "--output", form[1] + ".pcap", "--quiet"],
                       check=True)
    check("pcapgen takes 2k and 5.5%",
          open("2000.pcap", "rb").read() == open("2k.pcap", "rb").read())


def completion():
    """The script of bash, asked by bash; those of other shells name the same."""
    ask = ("source <(\"$0\" completion bash); COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
           "_lacuna 2>/dev/null; echo \"${COMPREPLY[*]}\"")
    for words, want, other in ((["lacuna", "an"], ["analyze"], "query"),
                               (["lacuna", "analyze", "--js"], ["--json"], "--csv"),
                               (["lacuna", "query", "--db", "x", "ti"], ["timeline"], "flows"),
                               (["lacuna", "query", "top", "--b"], ["--by"], "--db")):
        done = subprocess.run(["bash", "-c", ask, LACUNA, *words], capture_output=True, text=True,
                              check=False)
        offered = done.stdout.split()
        check(f"completion of '{' '.join(words)}'",
              all(w in offered for w in want) and other not in offered, (offered, done.stderr))
    for shell in ("zsh", "fish"):
        script = run("completion", shell).stdout.decode()
        check(f"completion for {shell}",
              all(w in script for w in ("analyze", "timeline", "idle-timeout", "doctor")))


def unwritable():
    """Streams that are full or closed are no reason to die, and nothing else is written in their place."""
    vdev = ["run", "--vdev", "net_pcap0,rx_pcap=a.pcap", "--duration", "200ms"]
    check_only = ["run", "--interface", "eth9", "--check"]
    for command in (vdev, check_only, ["doctor"], ["doctor", "--json"], ["analyze", "a.pcap"]):
        name = " ".join(command[:1] + command[-1:])
        for target, says in ((">/dev/full", "No space left"), (">&-", "Bad file descriptor")):
            done = subprocess.run(["bash", "-c", f'"$0" "$@" {target}', LACUNA, *command],
                                  capture_output=True, text=True, check=False, timeout=60)
            check(f"{name} {target}: said in one line",
                  done.returncode == 1 and done.stderr.splitlines()[-1:] != []
                  and says in done.stderr.splitlines()[-1]
                  and "could not be written" in done.stderr, done)
    for command in (vdev, ["replay", "a.pcap"], ["analyze", "a.pcap"],
                    ["analyze", "a.pcap", "--db", "streamless"]):
        name = " ".join(command[:1] + command[2:3])
        want = run("analyze", "a.pcap").stdout
        for target in ("2>/dev/full", "2>&-", "0<&- 2>&-"):
            done = subprocess.run(["bash", "-c", f'"$0" "$@" {target}', LACUNA, *command],
                                  capture_output=True, check=False, timeout=60)
            check(f"{name} {target}: the report is as ever",
                  done.returncode == 0 and done.stdout.split(b"\n")[0] == want.split(b"\n")[0], done)
    for options in (["--json"], ["--db", "closed"]):
        done = subprocess.run(["bash", "-c", '"$0" "$@" 0<&- 1>&- 2>&-', LACUNA, "analyze", "a.pcap",
                               *options], capture_output=True, check=False, timeout=60)
        check(f"all closed: status 1, {options[0]}", done.returncode == 1, done)
    done = run("query", "--db", "closed", "summary", "--json")
    check("and what was stored is whole", done.returncode == 0
          and json.loads(done.stdout)["totals"]["lost"] == report("a.pcap")[0]["totals"]["lost"],
          told(done))


def interrupted(number):
    """A pipe that stalls between two packets, then the signal: the report covers what came."""
    octets = open("a.pcap", "rb").read()
    end = record_offset(octets, 1000)
    with open("out", "wb+") as out, open("err", "wb+") as err, \
            subprocess.Popen([LACUNA, "analyze", "--json", "-"], stdin=subprocess.PIPE,
                             stdout=out, stderr=err) as process:
        process.stdin.write(octets[:end])
        process.stdin.flush()
        time.sleep(0.5)
        process.send_signal(number)
        try:
            status = process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            status = "none, still reading"
    out, err = (open(name, "rb").read() for name in ("out", "err"))
    document = json.loads(out) if status == 0 else {"packets": {}, "notes": []}
    check(f"{signal.Signals(number).name} ends the input, not the report",
          document["packets"].get("offered") == 1000
          and any("interrupted" in note for note in document["notes"])
          and document["truncated_input"] is False and err == b"",
          f"status {status}, stderr {err!r}, {document['packets']}")


def interrupted_report(number):
    """A signal while nobody reads the report: it is written whole all the same."""
    with subprocess.Popen([LACUNA, "analyze", "--json", "many.pcap"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        stalled = f"/proc/{process.pid}/wchan"
        until = time.monotonic() + 30
        while time.monotonic() < until:  # it waits for room in the pipe
            with open(stalled, encoding="ascii") as where:
                if "pipe_write" in where.read():
                    break
            time.sleep(0.01)
        process.send_signal(number)
        time.sleep(0.2)
        out, err = process.communicate(timeout=30)
    try:
        whole = len(json.loads(out)["flows"]) == 5000
    except ValueError:
        whole = False
    check(f"{signal.Signals(number).name} does not cut the report", process.returncode == 0
          and whole and err == b"", f"status {process.returncode}, {err!r}, {len(out)} octets")


def no_store():
    """What cannot be stored is not analysed to its end, and an input without end does not hide it."""
    with open("a.pcap", "rb") as file:
        header, records = file.read(24), file.read()
    for command in ("analyze", "replay"):
        refused(f"{command} into a file as a store", command, "--quiet", "--db", "b.pcap",
                "a.pcap", says=["b.pcap"])
    process = subprocess.Popen([LACUNA, "analyze", "--db", "b.pcap", "-"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        process.stdin.write(header)
        for _ in range(10_000):  # some tens of gigabytes, if nobody stopped
            process.stdin.write(records)
        check("an endless input ends with its store", False, "it was read to its end")
    except BrokenPipeError:
        process.stdin = None
        out, err = process.communicate(timeout=60)
        check("an endless input ends with its store", process.returncode == 2 and out == b""
              and b"b.pcap" in err, f"status {process.returncode}, {err!r}")


def installed_in(folder):
    return os.path.join(folder, "lacuna-full")


def programs():
    """What analyses a capture loads little; the rest is a program of its own, found wherever both
    may lie together."""
    full = os.path.join(os.path.dirname(LACUNA), "lacuna-full")
    loaded = subprocess.run(["readelf", "-d", LACUNA], capture_output=True, text=True, check=True)
    needed = re.findall(r"NEEDED.*\[(.*)\]", loaded.stdout)
    heavy = [n for n in needed if re.match(r"lib(rte_|rocksdb|ssl|systemd|bpf)", n)]
    check("few libraries are loaded", needed and not heavy, needed)

    def answer(program, *arguments):
        done = subprocess.run([program, *arguments], capture_output=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def finds_full(what, program):
        got = answer(program, "query", "--db", "no-store", "summary")
        check(what, got == refusal, got)

    refusal = answer(full, "query", "--db", "no-store", "summary")
    check("lacuna-full refuses a store that is none", refusal[0] == 2 and b"no-store" in refusal[2],
          refusal)
    os.mkdir("links")
    os.symlink(LACUNA, "links/lacuna")
    finds_full("a link finds lacuna-full", "links/lacuna")
    # Installed, then moved: the way from one folder to the other stays.
    for folder, file in ((BINDIR, LACUNA), (LIBEXECDIR, full)):
        os.makedirs("moved" + folder)
        shutil.copy(file, "moved" + folder)
    finds_full("a moved tree finds lacuna-full", "moved" + os.path.join(BINDIR, "lacuna"))
    if os.geteuid() == 0:
        os.chown("moved" + installed_in(LIBEXECDIR), 65534, 65534)
        got = answer("moved" + os.path.join(BINDIR, "lacuna"), "doctor")
        check("a moved lacuna-full of somebody else's is refused",
              got[0] == 1 and b"belongs neither" in got[2], got)
    os.mkdir("alone")
    shutil.copy(LACUNA, "alone")
    program = os.path.abspath("alone/lacuna")
    beside = program + "-full"
    installed = installed_in(LIBEXECDIR)

    def refused_for(name, file, *words):
        done = subprocess.run([program, "replay", "a.pcap"], capture_output=True, check=False)
        line = done.stderr.decode()
        check(name, done.returncode == 1 and done.stdout == b"" and line.count("\n") == 1
              and all(w in line for w in (file, *words)), told(done))

    if not os.path.exists(installed):  # nothing of this build is installed
        refused_for("alone, lacuna says what is missing", installed, "No such file", "install")
    done = subprocess.run([program, "analyze", "--quiet", "a.pcap"], capture_output=True,
                          check=False)
    check("alone, lacuna analyses", done.returncode == 0 and done.stdout, told(done))
    for arguments in (["--version"], ["--help"], ["-h"], ["replay", "--help"],
                      ["query", "--help"], ["query", "flows", "--help"]):
        got = answer(program, *arguments)
        check(f"alone, lacuna answers {' '.join(arguments)}",
              got == answer(full, *arguments) and got[0] == 0 and got[1], got)
    shutil.copy(full, beside)
    finds_full("together they may be moved", program)
    os.chmod(beside, 0o644)
    refused_for("a lacuna-full that cannot be run", beside, "Permission denied")
    os.chmod(beside, 0o755)
    if os.geteuid() == 0:
        os.chown(beside, 65534, 65534)
        refused_for("a lacuna-full that somebody else put there", beside, "belongs neither")
    os.remove(beside)
    os.symlink(full, beside)
    refused_for("a link somebody may have put there", beside)
    with subprocess.Popen([LACUNA, "replay", "a.pcap", "--source", "mapped", "--pace", "100pps",
                           "--quiet"], stdout=subprocess.DEVNULL) as process:
        until = time.monotonic() + 30
        while "lacuna-full" not in os.readlink(f"/proc/{process.pid}/exe"):
            time.sleep(0.01)
            assert time.monotonic() < until, "no lacuna-full"
        name = ""
        while name != "lacuna" and time.monotonic() < until:  # from the first line of main() on
            time.sleep(0.01)
            with open(f"/proc/{process.pid}/comm", encoding="ascii") as comm:
                name = comm.read().strip()
        process.kill()
    check("the process is called lacuna", name == "lacuna", name)
    # Both are the same to whoever asks.
    for arguments in (("analyze", "--help"), ("analyze",), ("analyze", "--no-such", "a.pcap"),
                      ("analyze", "--window", "65", "a.pcap"), ("analyze", "none.pcap")):
        light, whole = (subprocess.run([program, *arguments], capture_output=True, check=False)
                        for program in (LACUNA, full))
        check(f"both programs answer {' '.join(arguments)} alike",
              (light.returncode, light.stdout, light.stderr)
              == (whole.returncode, whole.stdout, whole.stderr), (told(light), told(whole)))


def main():
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        os.mkdir("folder")
        for name, seed in (("a.pcap", "1"), ("b.pcap", "2")):
            subprocess.run([PCAPGEN, "--packets", "20000", "--flows", "200", "--seed", seed,
                            "--gap-rate", "0.01", "--reorder-rate", "0.01", "--output", name,
                            "--quiet"], check=True)
        programs()
        bad_options()
        bad_files()
        no_store()
        gaps_option()
        truncated()
        order_of_files()
        streams()
        outputs()
        files_to_hand_on()
        selected_frames()
        second_look()
        interim()
        units()
        completion()
        unwritable()
        interrupted(signal.SIGINT)
        interrupted(signal.SIGTERM)
        subprocess.run([PCAPGEN, "--packets", "20000", "--flows", "5000", "--protocol", "macsec",
                        "--output", "many.pcap", "--quiet"], check=True)
        interrupted_report(signal.SIGINT)
        interrupted_report(signal.SIGTERM)
        os.chdir("/")
    print(f"{len(FAILED)} failed")
    sys.exit(1 if FAILED else 0)


main()
