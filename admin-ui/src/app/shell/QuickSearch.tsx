import Autosuggest from "@cloudscape-design/components/autosuggest";
import { useState } from "react";
import { useNavigate } from "react-router";

import { text } from "@/i18n/text";

/** From everywhere to a product by its id or name, and to an order or a reservation by its id. */
export default function QuickSearch() {
  const navigate = useNavigate();
  const [value, setValue] = useState("");
  const wanted = value.trim();

  function go(place: string) {
    if (!wanted) return;
    setValue("");
    void navigate(`/${place === "reservations" ? "reservations" : "stock"}?${new URLSearchParams({ search: wanted })}`);
  }

  return (
    <Autosuggest
      value={value}
      ariaLabel={text("search.label")}
      placeholder={text("search.label")}
      filteringType="manual"
      enteredTextLabel={(value) => text("search.stock", { value })}
      options={
        wanted
          ? [{ value: "reservations", label: text("search.reservations", { value: wanted }), iconName: "ticket" }]
          : []
      }
      onChange={({ detail }) => {
        if (detail.value !== "reservations") setValue(detail.value);
      }}
      onSelect={({ detail }) => {
        go(detail.value);
      }}
      onKeyDown={({ detail }) => {
        if (detail.key === "Escape") setValue("");
      }}
      empty={text("search.empty")}
    />
  );
}
