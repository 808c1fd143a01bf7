"""What a listener must find in a stream of packet numbers, by sets and sorted lists.

A slow and plain reading of doc/semantics.md that shares no code with lacuna: every number of an
instance is remembered for ever, and all figures are counted from that at the end.
"""

FAR = 65536  # a jump beyond this is an outlier until confirmed
NEAR = 16  # what confirms an outlier, and what links the packets of a restart
RUN_FROM_ONE = 3  # packets of a restart that begins at 0 or 1
RUN_FROM_LOW = 8  # of one that begins at 0-64
LOW = 64
AWAY = 64  # packets of a channel under other ANs before an AN becomes active again


def extend(number, highest):
    """The 64-bit value nearest to `highest`; a distance of exactly 2^31 counts backwards."""
    distance = (number - highest) & 0xFFFFFFFF
    return highest + (distance if distance < 1 << 31 else distance - (1 << 32))


class Instance:
    """One life of the counter."""

    def __init__(self, first):
        self.first = self.highest = first
        self.seen = {first}

    def missing_runs(self):
        runs, last = [], self.first
        for number in sorted(self.seen):
            if number > last + 1:
                runs.append(number - last - 1)
            last = number
        return runs


class Sa:
    def __init__(self, window):
        self.window = window
        self.received = self.bytes = self.restarts = self.outliers = 0
        self.count = {"duplicates": 0, "late": 0, "too_old": 0, "before_first": 0}
        self.max_late_extent = 0
        self.old_highest = []  # of the instances that ended
        self.instances = []
        self.held = None  # (wire number, extended)
        self.run = []  # (wire number, what it was counted as) of a possible restart

    @property
    def now(self):
        return self.instances[-1]

    def packet(self, number, size):
        self.received += 1
        self.bytes += size
        if not self.instances:
            self.instances.append(Instance(number))
            return
        if self.held:
            held, self.held = self.held, None
            if 1 <= (number - held[0]) & 0xFFFFFFFF <= NEAR:
                if held[0] < self.now.highest & 0xFFFFFFFF:
                    self.restart([held[0]])
                else:
                    self.above(held[1])
            else:
                self.outliers += 1
        self.judge(number)

    def above(self, number):
        self.now.highest = number
        self.now.seen.add(number)

    def judge(self, wire):
        number, now = extend(wire, self.now.highest), self.now
        extent = now.highest - number
        if -extent > FAR:
            self.held = (wire, number)
            self.run = []
            return
        if extent < 0:
            self.above(number)
            self.run = []
            return
        known = number in now.seen or extent >= self.window
        if number < now.first:
            verdict = "before_first"
        elif extent >= self.window:
            verdict = "too_old"
        elif number in now.seen:
            verdict = "duplicates"
        else:
            verdict = "late"
            now.seen.add(number)
            self.max_late_extent = max(self.max_late_extent, extent)
        self.count[verdict] += 1
        self.follow_run(wire, verdict, known)

    def follow_run(self, wire, verdict, known):
        if not known and verdict != "before_first":
            self.run = []
            return
        if self.run and not 1 <= (wire - self.run[-1][0]) & 0xFFFFFFFF <= NEAR:
            self.run = []
        if not self.run and wire > LOW:
            return
        self.run.append((wire, verdict, known))
        for length, lowest, any_known in ((RUN_FROM_ONE, 1, True), (RUN_FROM_LOW, LOW, False)):
            tail = self.run[-length:]
            if len(tail) < length or tail[0][0] > lowest:
                continue
            if any_known and not all(known for _, _, known in tail):
                continue
            for _, counted_as, _ in tail:
                self.count[counted_as] -= 1
            self.restart([n for n, _, _ in tail])
            return

    def restart(self, numbers):
        self.restarts += 1
        self.run = []
        self.old_highest.append(self.now.highest)
        self.instances.append(Instance(numbers[0]))
        for number in numbers[1:]:
            self.above(number)

    def restarts_with(self, number, size):
        """A packet that restarts at once: its AN became active again."""
        self.received += 1
        self.bytes += size
        if self.held:
            self.held = None
            self.outliers += 1
        self.restart([number])

    def summary(self):
        runs = [run for instance in self.instances for run in instance.missing_runs()]
        first, highest = self.instances[0].first, self.now.highest
        return {
            "received": self.received,
            "bytes": self.bytes,
            "first": first & 0xFFFFFFFF,
            "highest": highest & 0xFFFFFFFF,
            "first_ext": first,
            "highest_ext": highest,
            "lost": sum(runs),
            "gaps": len(runs),
            "max_gap": max(runs, default=0),
            "max_late_extent": self.max_late_extent,
            "outliers": self.outliers + (1 if self.held else 0),
            "restarts": self.restarts,
            **self.count,
        }


class Channel:
    """A MACsec secure channel: which AN is active."""

    def __init__(self):
        self.packets = 0
        self.newest = None  # AN of its last packet
        self.last = {}  # packets of the channel when the AN was last heard


class Model:
    """Takes packets by the text id of their SA, in order of arrival."""

    def __init__(self, window=1024):
        self.window = window
        self.sas = {}
        self.channels = {}
        self.changes = []  # (new id, old id, instance of the old, first number of the new)

    def packet(self, identity, number, size):
        sa = self.sas.setdefault(identity, Sa(self.window))
        if identity.startswith("macsec-") and self.becomes_active(identity, number):
            if sa.instances and not 1 <= extend(number, sa.now.highest) - sa.now.highest <= FAR:
                sa.restarts_with(number, size)
                return
        restarts = sa.restarts
        sa.packet(number, size)
        if sa.restarts != restarts and identity.startswith("macsec-"):
            self.changes.append((identity, identity, sa.instances[-2], sa.now.first))

    def becomes_active(self, identity, number):
        sci, an = identity.rsplit("-", 1)
        channel = self.channels.setdefault(sci, Channel())
        fresh = an not in channel.last or channel.packets - channel.last[an] >= AWAY
        if fresh and channel.packets:
            old = f"{sci}-{channel.newest}"
            self.changes.append((identity, old, self.sas[old].now, number))
        channel.packets += 1
        channel.last[an] = channel.packets
        channel.newest = an
        return fresh

    @property
    def rekeys(self):
        """(new id, old id, last number of the old, stragglers included, first of the new)."""
        return [(new, old, instance.highest, first)
                for new, old, instance, first in self.changes]

    def flows(self):
        return {identity: sa.summary() for identity, sa in self.sas.items()}

    def restarts(self):
        """(id, highest before, first after) of each."""
        return [(identity, old, new.first) for identity, sa in self.sas.items()
                for old, new in zip(sa.old_highest, sa.instances[1:])]
