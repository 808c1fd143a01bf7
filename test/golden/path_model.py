"""Paths with several taps, made packet by packet, and what became of every number, with sets.

Shares nothing with lacuna: a naive model that keeps everything.
"""

import collections
import math
import random
import struct

START = 1_700_000_000_000_000_000
Sa = collections.namedtuple("Sa", "id protocol spi dst forward lives")


def esp_frame(spi, dst, number):
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + 28, 0, 0, 64, 50, 0, bytes([10, 0, 0, 1]),
                     bytes(dst))
    return bytes(12) + b"\x08\x00" + ip + struct.pack("!II", spi, number) + bytes(20)


def macsec_frame(sci, an, number):
    return (bytes(12) + b"\x88\xe5" + struct.pack("!BBI", 0x2C | an, 0, number)
            + struct.pack("!Q", sci) + bytes(30))


def frame(sa, number):
    number &= 0xFFFFFFFF
    if sa.protocol == "esp":
        return esp_frame(sa.spi, sa.dst, number)
    return macsec_frame(sa.spi, 1, number)


def pcap(packets):
    """Nanosecond pcap of (time, frame)."""
    out = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1)]
    for time, octets in packets:
        out.append(struct.pack("<IIII", time // 10**9, time % 10**9, len(octets), len(octets)))
        out.append(octets)
    return b"".join(out)


def make_sa(rng, index, forward, restarts):
    """An SA with its lives: lists of (time, number), numbers of 64 bits."""
    start = rng.choice([1, 1, 5000, 2**32 - rng.randrange(1, 1500), rng.randrange(2**31)])
    lives, time = [], START + rng.randrange(10**6)
    for life in range(1 + restarts):
        number = start if life == 0 else rng.choice([0, 1])
        packets = []
        for _ in range(rng.randrange(2500, 4000) if life == 0 else rng.randrange(1200, 2000)):
            packets.append((time, number))
            number += 1
            time += rng.randrange(50_000, 150_000)
        lives.append(packets)
        time += 20_000_000
    dst = [10, 1 if forward else 2, index // 256, index % 256]
    if index % 5 == 4:
        sci = 0x0200000000000001 + (index << 16)
        return Sa(f"macsec-{sci:016x}-1", "macsec", sci, dst, forward, lives)
    spi = rng.randrange(256, 2**32)
    return Sa(f"esp-{spi:08x}-{'.'.join(map(str, dst))}", "esp", spi, dst, forward, lives)


class Path:
    """One random path: `arrivals[tap][sa id]` is a list of (time, life, number), by time."""

    def __init__(self, seed, taps, restarts=True, clocks=None, joins=True):
        rng = random.Random(seed)
        self.names = [f"tap{i}" for i in range(taps)]
        self.sas = [make_sa(rng, i, rng.random() < 0.5,
                            rng.randrange(2) if restarts and rng.random() < 0.3 else 0)
                    for i in range(rng.randrange(3, 9))]
        end = max(life[-1][0] for sa in self.sas for life in sa.lives)
        # A tap joins late, or leaves early, now and then.
        span = end - START if joins else 0
        self.joins = [START + (rng.randrange(span // 5 + 1) if rng.random() < 0.4 else 0)
                      for _ in range(taps)]
        self.leaves = [end + 10**9 - (rng.randrange(span // 5) + 10**9 if span and rng.random() < 0.3
                                         else 0)
                       for _ in range(taps)]
        self.clocks = clocks or [0] * taps
        loss = [rng.choice([0, 0.002, 0.02, 0.1]) for _ in range(taps)]
        double = [rng.choice([0, 0, 0.01]) for _ in range(taps)]
        swap = [rng.choice([0, 0.01, 0.1]) for _ in range(taps)]
        miss = [rng.choice([0, 0, 0.003, 0.02]) for _ in range(taps)]
        base = [rng.randrange(200_000, 2_000_000) for _ in range(taps)]
        self.arrivals = [{} for _ in range(taps)]
        for sa in self.sas:
            self.send(rng, sa, taps, loss, double, swap, miss, base)

    def send(self, rng, sa, taps, loss, double, swap, miss, base):
        way = range(taps) if sa.forward else range(taps - 1, -1, -1)
        packets = [(t, life, n) for life, list_ in enumerate(sa.lives) for t, n in list_]
        burst = 0
        for hop, tap in enumerate(way):
            arrived = []
            for time, life, number in packets:
                if burst > 0:
                    burst -= 1
                    continue
                if rng.random() < loss[tap] / 3:
                    burst = rng.randrange(5)
                    continue
                time += 0 if hop == 0 else base[tap] + rng.randrange(50_000)
                if rng.random() < swap[tap]:
                    time += rng.randrange(3_000_000)
                arrived.append((time, life, number))
                if rng.random() < double[tap]:
                    arrived.append((time + rng.randrange(1, 2_000_000), life, number))
            packets = sorted(arrived)
            self.arrivals[tap][sa.id] = [
                (t + self.clocks[tap], life, n) for t, life, n in packets
                if self.joins[tap] <= t < self.leaves[tap] and rng.random() >= miss[tap]]

    def captures(self):
        """The octets of each tap's capture."""
        by_id = {sa.id: sa for sa in self.sas}
        for seen in self.arrivals:
            yield pcap([(t, frame(by_id[i], n)) for t, i, n in sorted(
                (t, i, n) for i, list_ in seen.items() for t, _, n in list_)])


def nearest_rank(values, share):
    return sorted(values)[max(1, math.ceil(share * len(values) - 1e-9)) - 1]


class Seen:
    """What one tap saw of one life of an SA."""

    def __init__(self, arrivals):
        self.first = arrivals[0][2]
        self.highest = max(n for _, _, n in arrivals)
        self.time, self.count, self.late = {}, collections.Counter(), set()
        highest = None
        for time, _, number in arrivals:
            if number not in self.time:
                self.time[number] = time
                if highest is not None and number < highest:
                    self.late.add(number)
            highest = number if highest is None else max(highest, number)
            self.count[number] += 1


def judge(sa, tap_arrivals):
    """What became of the numbers of one SA; None where fewer than two taps saw it."""
    taps = [i for i, seen in enumerate(tap_arrivals) if seen.get(sa.id)]
    if len(taps) < 2:
        return None
    way = taps if sa.forward else taps[::-1]
    pairs = list(zip(way, way[1:]))
    out = {"direction": "forward" if sa.forward else "reverse", "compared": 0, "lost_before": 0,
           "unseen": {t: 0 for t in taps},
           "segments": {p: dict(lost=0, gaps=0, passed=0, duplicated=0, reordered=0, delays=[])
                        for p in pairs}}
    lives = {t: {life: [a for a in tap_arrivals[t][sa.id] if a[1] == life]
                 for life in range(len(sa.lives))} for t in taps}
    for life in range(len(sa.lives)):
        if not all(lives[t][life] for t in taps):
            continue
        seen = [Seen(lives[t][life]) for t in way]
        low, high = max(s.first for s in seen), min(s.highest for s in seen)
        if low > high:
            continue
        out.setdefault("first", low & 0xFFFFFFFF)
        out["highest"] = high & 0xFFFFFFFF
        out["compared"] += high - low + 1
        before = None
        for n in range(low, high + 1):
            at = [i for i, s in enumerate(seen) if n in s.time]
            last = at[-1] if at else -1
            for i in range(last):
                if i not in at:
                    out["unseen"][way[i]] += 1
            if last < 0:
                out["lost_before"] += 1
            elif last < len(way) - 1:
                segment = out["segments"][pairs[last]]
                segment["lost"] += 1
                segment["gaps"] += before != last
            before = last if last < len(way) - 1 else None
            for i, pair in enumerate(pairs):
                a, b = seen[i], seen[i + 1]
                if n not in a.time or n not in b.time:
                    continue
                segment = out["segments"][pair]
                segment["passed"] += 1
                segment["duplicated"] += max(0, b.count[n] - a.count[n])
                segment["reordered"] += n in b.late and n not in a.late
                segment["delays"].append(b.time[n] - a.time[n])
    return out
