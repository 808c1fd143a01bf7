#!/usr/bin/env python3
"""The live screen on terminals of several sizes: it stays in place, within the terminal, and shows what
the capture lost; remarks stand above it, and nothing of it is left at the end."""

import fcntl
import pty
import re
import struct
import termios

import lab

TRAFFIC = ("--packets 20000 --flows 12 --protocol mixed --seed 3 --gap-rate 0.02 "
           "--reorder-rate 0.02").split()
PPS = 6000


class Terminal:
    """What a terminal would show of what is written to it; long lines are not broken."""

    def __init__(self, columns, rows):
        self.master, self.slave = pty.openpty()
        self.resize(columns, rows)
        self.lines, self.y, self.pictures, self.text = [""], 0, 0, b""

    def resize(self, columns, rows):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def listen(self):
        lab.os.close(self.slave)
        while True:
            try:
                data = lab.os.read(self.master, 65536)
            except OSError: # the other side is gone
                break
            if not data:
                break
            self.text += data
            while found := re.match(rb"\x1b\[\d*[A-Z]|[\r\n]|[^\x1b\r\n]+(?=[\x1b\r\n])", self.text):
                self.take(found[0].decode())
                self.text = self.text[found.end():]

    def take(self, token):
        if token == "\n":
            self.y += 1
            self.lines += [""] * (self.y + 1 - len(self.lines))
        elif token.startswith("\x1b") and token.endswith("A"):
            self.y -= int(token[2:-1])
            self.pictures += 1
        elif token.startswith("\x1b") and token.endswith("J"):
            self.lines[self.y:] = [""]
        elif token.startswith("\x1b") and token.endswith("K"):
            self.lines[self.y] = ""
        elif token != "\r":
            self.lines[self.y] += token


def figures(line):
    """Packets a second, loss in hundredths, numbers lost of a row."""
    return re.search(r" +(\S+(?: [kMG])?) +(\S+) +(\S+)  (?:ok|losing|silent)\b", line).groups()


def shown(net, columns, rows, pcap, truth):
    name = f"{columns} x {rows}"
    terminal = Terminal(columns, rows)
    command = ["ip", "netns", "exec", net.spaces["b"], lab.LACUNA, "run", "--interface", "v1",
               "--interval", "200ms", "--json"]
    with open(f"{net.folder}/report", "w", encoding="utf-8") as out, \
            lab.subprocess.Popen(command, stdout=out, stderr=terminal.slave,
                                 env=dict(lab.os.environ, TERM="xterm")) as process:
        reader = lab.threading.Thread(target=terminal.listen, daemon=True)
        reader.start()
        running = lab.wait_for(lambda: terminal.pictures > 0)
        net.send("a", "v0", pcap, PPS)
        enough = lab.secured(truth["packets"])
        wanted = lambda: any("received" in line for line in terminal.lines) and any(
            sum(int(n) for n in line.split()[:3]) >= enough
            for line in terminal.lines if re.match(r"^( +\d+){3}  v1", line))
        complete = lab.wait_for(wanted)
        lab.time.sleep(0.6) # the picture after the last packet
        lines, pictures = list(terminal.lines), terminal.pictures
        process.send_signal(lab.signal.SIGINT)
        process.wait(60)
        reader.join(10)
    at = next((i for i, line in enumerate(lines) if line.startswith("lacuna  ")), len(lines))
    picture = lines[at:-1] if lines[-1] == "" else lines[at:]  # below the last line stands the cursor
    lab.check(f"{name}: there is a picture, drawn again and again", running and complete
              and pictures > 5, (pictures, lines))
    lab.check(f"{name}: it stays in place and within the terminal",
              sum(line.startswith("lacuna  ") for line in lines) == 1
              and all(len(line) <= columns for line in picture) and len(picture) <= rows, lines)
    lab.check(f"{name}: remarks stand above it", any("running; end" in line for line in lines[:at]),
              lines)
    lab.check(f"{name}: it says how busy lcores are, and what the probe dropped",
              any(re.match(r"busy: lcore \d+ rtc \d+ %", line) for line in picture)
              and any("the probe dropped" in line for line in picture), picture)
    report = lab.Probe.report_of(f"{net.folder}/report")
    heading = next((i for i, line in enumerate(picture) if line.split()[:1] == ["lost"]), 0)
    all_lost = picture[heading + 1].split()
    lab.check(f"{name}: it shows what was lost", all_lost[0] == str(report["totals"]["lost"]),
              (all_lost, report["totals"]))
    if rows > 24:
        table = picture[next(i for i, line in enumerate(picture) if " SAs " in line and "loss %" in line) + 1:]
        lab.check(f"{name}: and of each SA", [line.split() for line in table if line.strip()][:-1] != []
                  and sorted(int(figures(line)[2]) for line in table[:len(report["flows"])])
                  == sorted(f["lost"] for f in report["flows"]), (report["flows"], picture))
        lab.check(f"{name}: the worst first", [float(figures(line)[1]) for line in table[:3]]
                  == sorted((float(figures(line)[1]) for line in table[:len(report["flows"])]), reverse=True)[:3],
                  table)
        lab.check(f"{name}: it fills the terminal, the keys below", len(picture) == rows - 1
                  and "q quit" in picture[-1], picture)
    lab.check(f"{name}: it is gone at the end",
              not any(line.startswith("lacuna  ") for line in terminal.lines), terminal.lines)


def keys(net, pcap):
    """Somebody looks, sorts, filters, pauses and quits."""
    terminal = Terminal(120, 40)
    command = ["ip", "netns", "exec", net.spaces["b"], lab.LACUNA, "run", "--interface", "v1",
               "--driver", "af_packet", "--interval", "200ms", "--json"]
    with open(f"{net.folder}/keys", "w", encoding="utf-8") as out, \
            lab.subprocess.Popen(command, stdin=terminal.slave, stdout=out, stderr=terminal.slave,
                                 start_new_session=True, env=dict(lab.os.environ, TERM="xterm"),
                                 preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) as process:
        before = termios.tcgetattr(terminal.slave)
        slave = lab.os.dup(terminal.slave)
        reader = lab.threading.Thread(target=terminal.listen, daemon=True)
        reader.start()

        def press(name, text, shows, hides="\0"):
            lab.os.write(terminal.master, text.encode())
            there = lambda: any(shows in line for line in terminal.lines) \
                and not any(hides in line for line in terminal.lines)
            lab.check(f"key {name}", lab.wait_for(there, 10), terminal.lines)

        def rows():
            return [line for line in terminal.lines if re.search(r"  (ok|losing|silent)\b", line)]

        lab.wait_for(lambda: terminal.pictures > 2)
        net.send("a", "v0", pcap, PPS)
        lab.check("each SA has a row, and a minute of its own", lab.wait_for(
            lambda: len(rows()) == 12 and all("losing" in r and "█" in r for r in rows()), 15), rows())
        press("t: tunnels", "t", "t SAs")
        press("t: SAs again", "t", "12 SAs")
        press("s: sorted by what is lost", "s", "s sort (lost)")
        lost = [int(figures(r)[2]) for r in rows()]
        lab.check("the rows are", lost == sorted(lost, reverse=True) and len(lost) == 12, rows())
        press("s: by rate", "s", "s sort (packets/s)")
        press("s: by name", "s", "s sort (name)")
        press("/: narrowed", "/proto esp and lost > 0\n", "/ filter (proto esp and lost > 0)", "macsec")
        press("/: a filter that is none says where", "/proto tcp\n", "column 7")
        press("/: all", "/\n", "12 SAs")
        press("p: paused", "p", "PAUSED")
        pictures = [line for line in terminal.lines if line.startswith("lacuna  ")]
        lab.time.sleep(1.2)
        lab.check("nothing moves", pictures == [line for line in terminal.lines
                                                if line.startswith("lacuna  ")], pictures)
        press("p: on", "p", "p pause", "PAUSED")
        press("h: help", "h", "Enter alone: all")
        press("h: and back", "h", "12 SAs", "Enter alone: all")
        lab.os.write(terminal.master, b"q")
        status = process.wait(30)
        after = termios.tcgetattr(slave)
        lab.os.close(slave)
        reader.join(10)
    lab.check("q: the run ends and reports", status == 0
              and len(lab.Probe.report_of(f"{net.folder}/keys")["flows"]) == 12, status)
    lab.check("the terminal is as it was", after == before, (before, after))


def plain(net):
    """A terminal that cannot draw gets lines."""
    terminal = Terminal(100, 30)
    command = ["ip", "netns", "exec", net.spaces["b"], "env", "TERM=dumb", lab.LACUNA, "run",
               "--interface", "v1", "--interval", "100ms", "--duration", "2500ms", "--json"]
    with lab.subprocess.Popen(command, stdout=lab.subprocess.DEVNULL,
                              stderr=terminal.slave) as process:
        reader = lab.threading.Thread(target=terminal.listen, daemon=True)
        reader.start()
        status = process.wait(60)
        reader.join(10)
    lab.check("a dumb terminal gets plain lines", status == 0 and terminal.pictures == 0
              and any("frames/s" in line for line in terminal.lines)
              and not any("\x1b" in line for line in terminal.lines), (status, terminal.lines))


def hung_up(net):
    """The terminal goes away, as when a connection breaks: the probe goes on."""
    report = f"{net.folder}/late"
    terminal = Terminal(100, 30)
    command = ["ip", "netns", "exec", net.spaces["b"], "env", "TERM=xterm", lab.LACUNA, "run",
               "--interface", "v1", "--interval", "100ms", "--json"]
    with open(report, "w", encoding="utf-8") as out, \
            lab.subprocess.Popen(command, stdout=out, stderr=terminal.slave, start_new_session=True,
                                 preexec_fn=lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0)) as process:
        lab.os.close(terminal.slave)
        shown = b""
        while b"received" not in shown:
            shown = shown[-100:] + lab.os.read(terminal.master, 4096)
        lab.os.close(terminal.master)
        pcap, truth = net.pcap("h.pcap", *"--packets 500 --flows 2 --protocol macsec --seed 1".split())
        lab.time.sleep(0.5) # pictures nobody sees
        alive = process.poll() is None
        net.send("a", "v0", pcap, 2000)
        process.send_signal(lab.signal.SIGTERM)
        status = process.wait(60)
    lab.check("a terminal that goes away does not end the run", alive and status == 0
              and lab.secured(lab.Probe.report_of(report)["packets"]) ==
              lab.secured(truth["packets"]), (alive, status))


def main():
    lab.require_root()
    with lab.Lab("a", "b") as net:
        net.join("a", "v0", "b", "v1")
        pcap, truth = net.pcap("t.pcap", *TRAFFIC)
        for columns, rows in ((120, 40), (60, 30), (40, 12)):
            shown(net, columns, rows, pcap, truth)
        keys(net, pcap)
        plain(net)
        hung_up(net)
    lab.finish()


main()
