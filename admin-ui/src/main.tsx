import "@cloudscape-design/global-styles/index.css";

import I18nProvider from "@cloudscape-design/components/i18n";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ApiProvider } from "./api/ApiProvider";
import { authorizedFetch } from "./api/authorizedFetch";
import { createApi } from "./api/client";
import { Connection } from "./api/connection";
import { createQueryClient } from "./api/queries";
import { App } from "./App";
import { cognito, Session } from "./session/session";
import { SessionProvider } from "./session/SessionProvider";
import { readSettings } from "./settings";
import { SettingsProvider } from "./SettingsProvider";
import { applyAppearance } from "./shell/appearance";
import { StartFailed } from "./shell/StartFailed";
import { loadComponentTexts } from "./texts/componentTexts";
import { loadTexts } from "./texts/text";

async function start(element: HTMLElement): Promise<void> {
  applyAppearance();
  const root = createRoot(element);
  try {
    const [settings, language] = await Promise.all([readSettings(), loadTexts(navigator.languages)]);
    document.documentElement.lang = language;
    const session = new Session(cognito(settings));
    const connection = new Connection();
    const api = createApi(settings.api_url, authorizedFetch(session, connection));
    const [messages] = await Promise.all([loadComponentTexts(language), session.begin()]);
    root.render(
      <StrictMode>
        <I18nProvider locale={language} messages={messages}>
          <SettingsProvider settings={settings}>
            <SessionProvider session={session}>
              <ApiProvider api={api} connection={connection}>
                <QueryClientProvider client={createQueryClient()}>
                  <App />
                </QueryClientProvider>
              </ApiProvider>
            </SessionProvider>
          </SettingsProvider>
        </I18nProvider>
      </StrictMode>,
    );
  } catch (error) {
    root.render(<StartFailed error={error} />);
  }
}

const element = document.getElementById("root");
if (element) void start(element);
