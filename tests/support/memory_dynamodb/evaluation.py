"""What parsed expressions mean: whether a condition holds of an item, and what an update makes of it."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.memory_dynamodb.expressions import Path, Tree
from tests.support.memory_dynamodb.values import (
    SETS,
    Item,
    Value,
    is_equal,
    is_ordered,
    kind_of,
    number,
    refused,
    size_of,
    to_number,
)

Values = Mapping[str, Value]
Check = Callable[[Item, Values], bool]

MISSING_ATTRIBUTE = "The provided expression refers to an attribute that does not exist in the item"
WRONG_TYPE = "An operand in the update expression has an incorrect data type"


def check_of(tree: Tree) -> Check:
    """The function that says whether a condition holds of an item with these values."""
    operator, *operands = tree
    match operator:
        case "and":
            left, right = map(check_of, operands)
            return lambda item, values: left(item, values) and right(item, values)
        case "or":
            left, right = map(check_of, operands)
            return lambda item, values: left(item, values) or right(item, values)
        case "not":
            inner = check_of(operands[0])
            return lambda item, values: not inner(item, values)
        case "=":
            return lambda item, values: is_equal(*_both(operands, item, values))
        case "<>":
            return lambda item, values: not is_equal(*_both(operands, item, values))
        case "<" | "<=" | ">" | ">=":
            return lambda item, values: _is_ordered(operands, operator, item, values)
        case "between":
            tested, low, high = operands
            return lambda item, values: (
                _is_ordered((tested, low), ">=", item, values) and _is_ordered((tested, high), "<=", item, values)
            )
        case "in":
            tested, *allowed = operands
            return lambda item, values: any(is_equal(*_both((tested, one), item, values)) for one in allowed)
        case _:
            return lambda item, values: FUNCTIONS[operator](
                _operand(operands[0], item, values), *(_operand(operand, item, values) for operand in operands[1:])
            )


def _both(operands: Any, item: Item, values: Values) -> tuple[Value | None, Value | None]:
    return _operand(operands[0], item, values), _operand(operands[1], item, values)


def _is_ordered(operands: Any, comparator: str, item: Item, values: Values) -> bool:
    return is_ordered(_operand(operands[0], item, values), comparator, _operand(operands[1], item, values))


def _contains(whole: Value | None, part: Value | None) -> bool:
    if whole is None or part is None:
        return False
    [(kind, content)] = whole.items()
    [(part_kind, sought)] = part.items()
    if kind == "S":
        return part_kind == "S" and sought in content
    if kind in SETS:
        return part_kind == kind[0] and sought in content
    return kind == "L" and any(is_equal(element, part) for element in content)


def _begins_with(whole: Value | None, part: Value | None) -> bool:
    if whole is None or part is None or kind_of(whole) != "S" or kind_of(part) != "S":
        return False
    return bool(whole["S"].startswith(part["S"]))


FUNCTIONS: dict[str, Callable[..., bool]] = {
    "attribute_exists": lambda value: value is not None,
    "attribute_not_exists": lambda value: value is None,
    "attribute_type": lambda value, kind: value is not None and kind_of(value) == kind["S"],
    "begins_with": _begins_with,
    "contains": _contains,
}


def _operand(tree: Tree, item: Item, values: Values) -> Value | None:
    operator = tree[0]
    if operator == "path":
        return value_at(item, tree[1])
    if operator == "value":
        return values[tree[1]]
    if operator == "size":
        measured = _operand(tree[1], item, values)
        return None if measured is None else number(size_of(measured))
    raise refused(f"Invalid function: {operator}")


def value_at(item: Item, path: Path) -> Value | None:
    """The value at a path of an item, if there is one."""
    found: Value | None = item.get(str(path[0]))
    for step in path[1:]:
        if found is None:
            return None
        [(kind, content)] = found.items()
        if kind == "M" and isinstance(step, str):
            found = content.get(step)
        elif kind == "L" and isinstance(step, int):
            found = content[step] if step < len(content) else None
        else:
            return None
    return found


# --- updates


def updated(item: Item, tree: Tree, values: Values) -> Item:
    """The item after an update; each action reads the item as it was before.

    Raises:
        ClientError: a ValidationException, as DynamoDB refuses it.
    """
    after = dict(item)
    for clause, path, *operands in tree[1:]:
        before = value_at(item, path)
        match clause:
            case "SET":
                _set(after, path, _new_value(operands[0], item, values))
            case "REMOVE":
                _set(after, path, None)
            case "ADD":
                _set(after, path, _added(before, values[operands[0][1]]))
            case "DELETE":
                _set(after, path, _without(before, values[operands[0][1]]))
    return after


def _new_value(tree: Tree, item: Item, values: Values) -> Value:
    match tree[0]:
        case "+" | "-":
            left, right = (_new_value(operand, item, values) for operand in tree[1:])
            if kind_of(left) != "N" or kind_of(right) != "N":
                raise refused(WRONG_TYPE)
            one, other = to_number(left["N"]), to_number(right["N"])
            return number(one + other if tree[0] == "+" else one - other)
        case "if_not_exists":
            found = _operand(tree[1], item, values)
            return _new_value(tree[2], item, values) if found is None else found
        case "list_append":
            left, right = (_new_value(operand, item, values) for operand in tree[1:])
            if kind_of(left) != "L" or kind_of(right) != "L":
                raise refused(WRONG_TYPE)
            return {"L": [*left["L"], *right["L"]]}
        case _:
            value = _operand(tree, item, values)
            if value is None:
                raise refused(MISSING_ATTRIBUTE)
            return value


def _added(before: Value | None, more: Value) -> Value:
    kind = kind_of(more)
    if kind != "N" and kind not in SETS:
        raise refused("Incorrect operand type for operator or function; operator: ADD")
    if before is None:
        return more
    if kind_of(before) != kind:
        raise refused(WRONG_TYPE)
    if kind == "N":
        return number(to_number(before["N"]) + to_number(more["N"]))
    return {kind: [*before[kind], *(element for element in more[kind] if element not in before[kind])]}


def _without(before: Value | None, less: Value) -> Value | None:
    kind = kind_of(less)
    if kind not in SETS:
        raise refused("Incorrect operand type for operator or function; operator: DELETE")
    if before is None:
        return None
    if kind_of(before) != kind:
        raise refused(WRONG_TYPE)
    left = [element for element in before[kind] if element not in less[kind]]
    return {kind: left} if left else None  # there are no empty sets


def _set(item: Item, path: Path, value: Value | None) -> None:
    """Set or remove the value at a path; what contains it is copied, as items are shared."""
    name = path[0]
    if len(path) == 1:
        if value is None:
            item.pop(str(name), None)
        else:
            item[str(name)] = value
        return
    if name not in item:
        raise refused("The document path provided in the update expression is invalid for update")
    item[str(name)] = _with(item[str(name)], path[1:], value)


def _with(container: Value, path: Path, value: Value | None) -> Value:
    [(kind, content)] = container.items()
    step = path[0]
    if kind == "M" and isinstance(step, str):
        members = dict(content)
        new = value if len(path) == 1 else _with(_member(members.get(step)), path[1:], value)
        if new is None:
            members.pop(step, None)
        else:
            members[step] = new
        return {"M": members}
    if kind == "L" and isinstance(step, int):
        elements = list(content)
        if step >= len(elements):
            return {"L": elements if value is None else [*elements, value]}
        new = value if len(path) == 1 else _with(elements[step], path[1:], value)
        if new is None:
            del elements[step]
        else:
            elements[step] = new
        return {"L": elements}
    raise refused("The document path provided in the update expression is invalid for update")


def _member(value: Value | None) -> Value:
    if value is None:
        raise refused("The document path provided in the update expression is invalid for update")
    return value


def projected(item: Item, paths: tuple[Path, ...]) -> Item:
    """The top-level attributes that a projection names."""
    if any(len(path) > 1 for path in paths):
        raise refused("Only top-level attributes can be projected here")
    return {str(path[0]): item[str(path[0])] for path in paths if path[0] in item}
