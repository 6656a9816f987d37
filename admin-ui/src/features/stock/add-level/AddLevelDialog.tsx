import Alert from "@cloudscape-design/components/alert";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { useFilterValues } from "@/api/read-model/getOverview";
import { usePutLevel } from "@/api/levels/putLevel";
import type { Level } from "@/api/types";
import { FormDialog } from "@/components/controls/FormDialog";
import { RouterLink } from "@/components/controls/RouterLink";
import { useNotifications } from "@/components/feedback/Notifications";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { productPage } from "@/lib/identifiers/addresses";
import { LevelComparison } from "../levels/LevelComparison";
import styles from "./add-level.module.css";
import { type NewLevel, readNewLevel } from "./newLevel";

interface AddLevelDialogProps {
  /** The product, if it already exists in another warehouse. */
  product?: Pick<Level, "product_id" | "name" | "category">;
  onClose: () => void;
}

/** Creates the level of a product in a warehouse. */
export function AddLevelDialog({ product, onClose }: AddLevelDialogProps) {
  const { notify } = useNotifications();
  const { categories, warehouses } = useFilterValues();
  const putLevel = usePutLevel();
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
  const { level, errors } = readNewLevel(typed);
  const problem = putLevel.error instanceof ApiProblem ? putLevel.error : null;

  function submit() {
    setIsTried(true);
    if (!level) return;
    putLevel.mutate(
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
      description={name === "on_hand" ? text("stock.add.on_hand.what") : undefined}
      errorText={problem?.messageFor(name) ?? (isTried ? errors[name] : undefined)}
    >
      {control({
        value: typed[name],
        onChange: ({ detail }) => {
          setTyped({ ...typed, [name]: detail.value });
          if (putLevel.error) putLevel.reset(); // the error belongs to the old values
        },
      })}
    </FormField>
  );

  return (
    <FormDialog
      header={text(product ? "stock.add.warehouse" : "stock.add")}
      submitText={text("stock.add.submit")}
      isPending={putLevel.isPending}
      onClose={onClose}
      onSubmit={submit}
      error={problem?.current || problem?.errors.length ? null : putLevel.error}
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
        {problem?.current && <AlreadyExists level={problem.current} />}
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

/** The level that already exists, with a link to its product. */
function AlreadyExists({ level }: { level: Level }) {
  return (
    <Alert type="warning" header={text("stock.add.exists")}>
      <SpaceBetween size="s">
        <LevelComparison
          label={text("stock.add.exists")}
          sides={[{ title: `${level.name} (${level.warehouse_id})`, level }]}
        />
        <RouterLink to={productPage(level.product_id)}>{text("stock.add.show")}</RouterLink>
      </SpaceBetween>
    </Alert>
  );
}
