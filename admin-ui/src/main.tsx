import "@cloudscape-design/global-styles/index.css";
import I18nProvider from "@cloudscape-design/components/i18n";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ApiProvider } from "@/api/client/ApiProvider";
import { authorizedFetch } from "@/api/client/authorizedFetch";
import { createApi } from "@/api/client/client";
import { Connection } from "@/api/client/connection";
import { createQueryClient } from "@/api/queries/queryClient";
import { App } from "@/app/App";
import { applyAppearance } from "@/app/shell/appearance";
import { StartFailed } from "@/app/StartFailed";
import { cognito } from "@/auth/cognito";
import { Session } from "@/auth/session";
import { SessionProvider } from "@/auth/SessionProvider";
import { SettingsProvider } from "@/hooks/SettingsProvider";
import { loadComponentTexts } from "@/i18n/componentTexts";
import { loadTexts } from "@/i18n/text";
import { readSettings } from "@/lib/settings";

async function start(element: HTMLElement): Promise<void> {
  applyAppearance();
  const root = createRoot(element);
  try {
    const [settings, language] = await Promise.all([readSettings(), loadTexts(navigator.languages)]);
    document.documentElement.lang = language;
    const session = new Session(cognito(settings));
    const connection = new Connection();
    const api = createApi(settings.api_url, authorizedFetch(session, connection));
    const [messages] = await Promise.all([loadComponentTexts(language), session.start()]);
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
