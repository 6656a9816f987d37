/** Where the page's sign-in and API are. The file is deployed beside the page, so one build fits every stack. */
export interface Settings {
  readonly user_pool_id: string;
  readonly user_pool_client_id: string;
  /** What comes before `/admin`; empty when the API answers under the page's own origin. */
  readonly api_url: string;
  /** Only a local AWS has one; else it follows from the user pool. */
  readonly cognito_endpoint_url: string | null;
  /** Whether executions can be opened in the AWS console; a local AWS has none. */
  readonly console: boolean;
}

/** Read `/config.json`. @throws Error that says what is missing. */
export async function readSettings(): Promise<Settings> {
  const response = await fetch("/config.json", { cache: "no-cache" });
  if (!response.ok) throw new Error(`/config.json answered ${response.status}`);
  const settings = (await response.json()) as Settings;
  for (const name of ["user_pool_id", "user_pool_client_id"] as const) {
    if (!settings[name]) throw new Error(`/config.json has no ${name}`);
  }
  return settings;
}
