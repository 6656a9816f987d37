import Alert from "@cloudscape-design/components/alert";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { useSetLevel } from "@/api/levels/levels";
import { useFilterValues } from "@/api/overview/getOverview";
import type { Level } from "@/api/types";
import { FormDialog } from "@/components/controls/FormDialog";
import { RouterLink } from "@/components/controls/RouterLink";
import { useNotifications } from "@/components/feedback/Notifications";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { Comparison } from "../levels/LevelComparison";
import styles from "../stock-list/stock-list.module.css";
import { type NewLevel, readNewLevel } from "./newLevel";

interface AddLevelDialogProps {
  /** What is known of the product, when it is there already in another warehouse. */
  product?: Pick<Level, "product_id" | "name" | "category">;
  onClose: () => void;
}

/** Puts a product into a warehouse where it was not yet. */
export function AddLevelDialog({ product, onClose }: AddLevelDialogProps) {
  const { notify } = useNotifications();
  const { categories, warehouses } = useFilterValues();
  const set = useSetLevel();
  const [isTried, setIsTried] = useState(false);
  const [typed, setTyped] = useState<NewLevel>({
    product_id: product?.product_id ?? "",
    warehouse_id: product ? "" : "main",
    name: product?.name ?? "",
    category: product?.category ?? "",
    on_hand: "0",
    low_stock_threshold: "0",
    reason: text("stock.add.reason.usual"),
  });
  const firstField = useInitialFocus<InputProps.Ref>(!product);
  const { level, wrong } = readNewLevel(typed);
  const problem = set.error instanceof ApiProblem ? set.error : null;

  function submit() {
    setIsTried(true);
    if (!level) return;
    set.mutate(
      { ...level, seen_version: null },
      {
        onSuccess: ({ name, warehouse_id }) => {
          notify({ type: "success", content: text("stock.add.done", { name, warehouse_id }) });
          onClose();
        },
      },
    );
  }

  const field = (name: keyof NewLevel, control: (props: FieldProps) => ReactNode) => (
    <FormField
      label={text(`stock.add.${name}`)}
      errorText={problem?.of(name) ?? (isTried && wrong[name] ? wrong[name] : undefined)}
    >
      {control({
        value: typed[name],
        onChange: ({ detail }) => {
          setTyped({ ...typed, [name]: detail.value });
          if (set.error) set.reset(); // it was about what was typed before
        },
      })}
    </FormField>
  );

  return (
    <FormDialog
      header={text(product ? "stock.add.warehouse" : "stock.add")}
      submitText={text("stock.add.submit")}
      isPending={set.isPending}
      onClose={onClose}
      onSubmit={submit}
      error={problem?.current || problem?.errors.length ? null : set.error}
    >
      <SpaceBetween size="l">
        <div className={styles["pair"]}>
          {field("product_id", (props) => (
            <Input {...props} ref={firstField} readOnly={product !== undefined} />
          ))}
          {field("warehouse_id", (props) => (
            <Suggestions {...props} options={warehouses} />
          ))}
        </div>
        {field("name", (props) => (
          <Input {...props} />
        ))}
        {field("category", (props) => (
          <Suggestions {...props} options={categories} />
        ))}
        <div className={styles["pair"]}>
          {field("on_hand", (props) => (
            <Input {...props} type="number" inputMode="numeric" />
          ))}
          {field("low_stock_threshold", (props) => (
            <Input {...props} type="number" inputMode="numeric" />
          ))}
        </div>
        {field("reason", (props) => (
          <Input {...props} />
        ))}
        {problem?.current && <IsThere level={problem.current} />}
      </SpaceBetween>
    </FormDialog>
  );
}

interface FieldProps {
  value: string;
  onChange: (event: { detail: { value: string } }) => void;
}

function Suggestions({ value, onChange, options }: FieldProps & { options: readonly string[] }) {
  return (
    <Autosuggest
      value={value}
      onChange={onChange}
      options={options.map((value) => ({ value }))}
      enteredTextLabel={(value) => text("stock.add.new_value", { value })}
    />
  );
}

/** The product is in this warehouse already: how it stands there, and the way to it. */
function IsThere({ level }: { level: Level }) {
  return (
    <Alert type="warning" header={text("stock.add.is_there")}>
      <SpaceBetween size="s">
        <Comparison
          label={text("stock.add.is_there")}
          sides={[{ title: `${level.name} (${level.warehouse_id})`, level }]}
        />
        <RouterLink to={`/products/${encodeURIComponent(level.product_id)}`}>{text("stock.add.look")}</RouterLink>
      </SpaceBetween>
    </Alert>
  );
}
