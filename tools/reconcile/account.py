"""The stack that is looked at: its tables, and who looks."""

from dataclasses import dataclass

from inventory.reconciliation.counter_store import CounterStore
from inventory.stock.store import StockStore
from tools.deployed_stack import DeployedStack


@dataclass(frozen=True)
class Account:
    """A deployed stack, on AWS or on this machine."""

    counters: CounterStore
    stock: StockStore
    actor: str  # as AWS knows the caller

    @classmethod
    def of(cls, stack: DeployedStack) -> "Account":
        """A stack's books, as its caller sees them; raises NoStack."""
        dynamodb = stack.client("dynamodb")
        return cls(CounterStore(dynamodb, stack.tables), StockStore(dynamodb, stack.tables), stack.caller)

    @classmethod
    def on_this_machine(cls) -> "Account":
        """The local AWS that `make up` left running; raises NoStack."""
        return cls.of(DeployedStack.on_this_machine())

    @classmethod
    def on_aws(cls, stack_name: str, region: str | None) -> "Account":
        """A stack of the account of the current credentials; raises NoStack."""
        return cls.of(DeployedStack.on_aws(stack_name, region))
