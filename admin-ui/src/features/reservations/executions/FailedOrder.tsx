import Alert from "@cloudscape-design/components/alert";

import { useListFailedExecutions } from "@/api/reservations/listExecutions";
import { RouterLink } from "@/components/controls/RouterLink";
import { text } from "@/i18n/text";
import { failedExecutionsOf } from "@/lib/identifiers/addresses";

const LIMIT = 10;

/** Says that executions of an order failed, for the person who looks for a reservation that does not exist. */
export function FailedOrder({ order_id }: { order_id: string }) {
  const { data, isPlaceholderData } = useListFailedExecutions(order_id, LIMIT);
  const count = isPlaceholderData ? 0 : (data?.items.length ?? 0);
  if (count === 0) return null;
  return (
    <Alert
      type="error"
      action={
        <RouterLink to={failedExecutionsOf(order_id)}>{text("reservations.failed_order.show", { count })}</RouterLink>
      }
    >
      {text("reservations.failed_order", { count })}
    </Alert>
  );
}
