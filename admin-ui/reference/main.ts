/** The reference of the API: Redoc over the copy of its document beside this page. */
import type { RedocRawOptions } from "redoc";

import { readPreference } from "@/lib/preferences";
import "./reference.css";
import { themeOf } from "./theme";

declare global {
  interface Window {
    /** What the file of Redoc defines. */
    Redoc: {
      init: (url: string, options: RedocRawOptions, element: Element, callback: (error?: Error) => void) => void;
    };
  }
}

const DOCUMENT = "openapi.json";
const system = window.matchMedia("(prefers-color-scheme: dark)");

// The file of Redoc is made for a script element: a bundler cannot read it.
const script = document.createElement("script");
script.src = "redoc.js";
script.addEventListener("load", show);
script.addEventListener("error", fail);
document.head.append(script);

function show(): void {
  const mode = readPreference<string>("color_mode", "system"); // as the admin page, which has the same origin
  const isDark = mode === "dark" || (mode === "system" && system.matches);
  document.documentElement.dataset["mode"] = isDark ? "dark" : "light";
  system.addEventListener("change", () => {
    window.location.reload(); // Redoc takes its colors only once
  });
  const options: RedocRawOptions = {
    theme: themeOf(isDark),
    downloadUrls: [{ title: "openapi.json", url: DOCUMENT }],
    hideSchemaTitles: true,
    jsonSamplesExpandLevel: 3,
    nativeScrollbars: true,
    hideSchemaPattern: true, // the descriptions say the same in words
    pathInMiddlePanel: true,
    sortRequiredPropsFirst: true,
  };
  const element = document.getElementById("reference");
  if (element) {
    window.Redoc.init(DOCUMENT, options, element, (error) => {
      if (error) fail();
      document.querySelector(".api-content")?.setAttribute("role", "main");
    });
  }
}

function fail(): void {
  const message = document.createElement("p");
  message.setAttribute("role", "alert");
  message.textContent = "The reference could not be loaded. Load this page again.";
  document.getElementById("reference")?.replaceChildren(message);
}
