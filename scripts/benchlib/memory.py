"""How large programs became, round after round."""

FEWEST = 6         # rounds from which on growth can be told from programs coming to their size
TOLERANCE = 1.10   # what allocators, caches and large pages of files may add
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
        """One line for each program that needs more in the second half of its rounds than in the
        first: what grows without bound does so sooner or later."""
        lines = []
        for program, kib in self.peaks.items():
            half = len(kib) // 2
            if len(kib) >= FEWEST and max(kib[half:]) > max(kib[:half]) * TOLERANCE + SLACK_KIB:
                lines.append(f"{program}: at most {max(kib[:half])} KiB in the first {half} rounds, "
                             f"{max(kib[half:])} KiB in those after")
        return lines
