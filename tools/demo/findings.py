"""What the demo found: what did not hold, and what came late."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

EVERYTHING_HELD, DID_NOT_HOLD, TOO_SLOW = 0, 1, 3  # exit codes; argparse has 2


@dataclass
class Findings:
    """Sentences about what is not as it should be.

    Attributes:
        problems: what cannot be, however slow a machine is, such as a unit that was sold twice.
        delays: what a slow machine explains, such as a message that did not come in time.
    """

    problems: list[str] = field(default_factory=list)
    delays: list[str] = field(default_factory=list)

    def __iadd__(self, others: Self) -> Self:
        self.problems += others.problems
        self.delays += others.delays
        return self


@dataclass(frozen=True)
class Verdict:
    """The end of the demo: an exit code, the sentences that explain it, and the last line."""

    exit_code: int
    sentences: Sequence[str]
    conclusion: str

    @classmethod
    def of(cls, findings: Findings, *, is_too_slow: bool) -> "Verdict":
        """On a machine that is fast enough, nothing explains a delay, so it is a problem, too."""
        if not findings.problems and not findings.delays:
            return cls(EVERYTHING_HELD, (), "Everything held.")
        if findings.problems or not is_too_slow:
            sentences = [*findings.problems, *findings.delays]
            number = len(sentences)
            return cls(DID_NOT_HOLD, sentences, f"{number} {'check' if number == 1 else 'checks'} did not hold.")
        number = len(findings.delays)
        return cls(
            TOO_SLOW,
            findings.delays,
            f"This machine is too slow for {number} {'check' if number == 1 else 'checks'}; everything else held. "
            "Run the demo again when the machine is less busy.",
        )
