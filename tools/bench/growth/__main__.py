"""`python -m tools.bench.growth 500000` measures a shop with so many levels, and twice as many reservations."""

import json
import sys

from rich.console import Console

from tools.bench.growth.measure import figures, table

if __name__ == "__main__":
    found = figures([int(text) for text in sys.argv[1:]] or None)
    Console().print(table(found))
    print(json.dumps(found))
