"""Fakes of Step Functions' task tokens and of SNS, which record what they are sent."""

from dataclasses import dataclass, field

from inventory.aws.sns import Announcement, Topics
from inventory.aws.task_tokens import SignalResult, Signals
from inventory.model import ReleaseReason


@dataclass
class FakeSignals(Signals):
    """Records every signal in `sent`, and returns `result` for each."""

    result: SignalResult = "DELIVERED"
    sent: list[tuple[str, str]] = field(default_factory=list)

    def paid(self, task_token: str) -> SignalResult:
        assert task_token, "an execution that waits has a token"
        self.sent.append(("paid", task_token))
        return self.result

    def released(self, task_token: str, reason: ReleaseReason) -> SignalResult:
        self.sent.append((reason.value, task_token))
        return self.result

    def extended(self, task_token: str) -> SignalResult:
        self.sent.append(("extended", task_token))
        return self.result


@dataclass
class FakeTopics(Topics):
    """Records every published message; while `working` is False, SNS is down and takes none."""

    working: bool = True
    low_stock: list[Announcement] = field(default_factory=list)
    operations: list[Announcement] = field(default_factory=list)

    def announce_low_stock(self, announcement: Announcement) -> bool:
        if self.working:
            self.low_stock.append(announcement)
        return self.working

    def announce_to_operations(self, announcement: Announcement) -> bool:
        if self.working:
            self.operations.append(announcement)
        return self.working
