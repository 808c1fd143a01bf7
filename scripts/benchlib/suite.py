"""What a part of the suite is given."""

import dataclasses

from . import captures


@dataclasses.dataclass
class Suite:
    captures: captures.Captures
    quick: bool   # a few minutes in all
    rounds: int   # how often everything is measured
    scratch: str  # directory for stores, on a disk
    scale: float = 1.0  # of the sizes of captures; below 1 only to see that it works

    def command(self, part):
        return f"scripts/bench --only {part}" + (" --quick" if self.quick else "")

    def pick(self, quick, full):
        return quick if self.quick else full

    def packets(self, quick, full):
        return max(1000, int(self.pick(quick, full) * self.scale))

    def usual(self, **other):
        """The capture most figures are about: 64-octet MACsec frames of 10,000 SAs."""
        return self.captures.get(**{"packets": self.packets(2_000_000, 10_000_000),
                                    "flows": 10_000} | other)
