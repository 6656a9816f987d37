import Autosuggest from "@cloudscape-design/components/autosuggest";
import { useState } from "react";
import { useNavigate } from "react-router";

import { text } from "@/i18n/text";

/** The search in the top bar: a product by id or name, an order or a reservation by id. */
export default function QuickSearch() {
  const navigate = useNavigate();
  const [value, setValue] = useState("");
  const search = value.trim();

  function goTo(list: string) {
    if (!search) return;
    setValue("");
    void navigate(`/${list === "reservations" ? "reservations" : "stock"}?${new URLSearchParams({ search })}`);
  }

  return (
    <Autosuggest
      value={value}
      ariaLabel={text("search.label")}
      placeholder={text("search.label")}
      filteringType="manual"
      enteredTextLabel={(value) => text("search.stock", { value })}
      options={
        search
          ? [{ value: "reservations", label: text("search.reservations", { value: search }), iconName: "ticket" }]
          : []
      }
      onChange={({ detail }) => {
        if (detail.value !== "reservations") setValue(detail.value);
      }}
      onSelect={({ detail }) => {
        goTo(detail.value);
      }}
      onKeyDown={({ detail }) => {
        if (detail.key === "Escape") setValue("");
      }}
      empty={text("search.empty")}
    />
  );
}
