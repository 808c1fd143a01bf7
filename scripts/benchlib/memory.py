"""How large programs became, round after round."""

SETTLED = 2        # rounds in which a program may still come to its size
TOLERANCE = 1.10   # what an allocator may add
SLACK_KIB = 4096


class MemoryWatch:
    """Keeps the largest resident set of each program by round."""

    def __init__(self):
        self.peaks = {}

    def saw(self, program, kib):
        self.peaks.setdefault(program, []).append(kib)

    def text(self):
        return ", ".join(f"{program} {kib[-1] / 1024:.0f}" for program, kib in self.peaks.items())

    def grown(self):
        """One line for each program that needs more than in its first rounds."""
        lines = []
        for program, kib in self.peaks.items():
            allowed = max(kib[:SETTLED]) * TOLERANCE + SLACK_KIB
            if max(kib) > allowed:
                lines.append(f"{program}: {max(kib[:SETTLED])} KiB in the first {SETTLED} rounds, "
                             f"{max(kib)} KiB in round {kib.index(max(kib)) + 1}")
        return lines
