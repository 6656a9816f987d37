"""Counters of a level that are changed without a movement or a reservation, which is a drift."""

from tests.support.shop import Shop


def tampers(shop: Shop, product_id: str = "P-1", /, **figures: int) -> None:
    """Change counters of a level directly, as a defect or another tool might."""
    names = {f"#{name}": name for name in figures}
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key={"product_id": {"S": product_id}, "warehouse_id": {"S": "main"}},
        UpdateExpression="SET " + ", ".join(f"#{name} = #{name} + :{name}" for name in figures),
        ExpressionAttributeNames=names,
        ExpressionAttributeValues={f":{name}": {"N": str(change)} for name, change in figures.items()},
    )


def deletes_row(shop: Shop, product_id: str = "P-1") -> None:
    """Delete the row of a level directly, whatever is held of it."""
    key = {"product_id": {"S": product_id}, "warehouse_id": {"S": "main"}}
    shop.client.delete_item(TableName=shop.tables.inventory, Key=key)
