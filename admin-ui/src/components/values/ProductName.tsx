import Box from "@cloudscape-design/components/box";

import { useProductName } from "@/api/products/productName";

/** The name of a product, shown beside its id where the API answers the id alone; nothing if they are the same. */
export function ProductName({ product_id }: { product_id: string }) {
  const name = useProductName(product_id);
  return (
    name !== null &&
    name !== product_id && (
      <Box variant="span" color="text-body-secondary" fontSize="body-s">
        {" "}
        <bdi>{name}</bdi>
      </Box>
    )
  );
}
