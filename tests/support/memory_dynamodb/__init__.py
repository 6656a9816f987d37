"""DynamoDB in memory: the calls and expressions that the stores use, hundreds of times faster than DynamoDB Local.

It is strict: what it does not know is an error. `tests/integration/test_memory_dynamodb.py` compares it with DynamoDB
Local. It knows no capacity, no time to live and no reserved words.
"""

from tests.support.memory_dynamodb.client import MemoryClient, memory_client
from tests.support.memory_dynamodb.database import Database

__all__ = ["Database", "MemoryClient", "memory_client"]
