/** Where the page finds its sign-in and its API. The file is deployed beside the page, so one build fits every stack. */
export interface Settings {
  readonly user_pool_id: string;
  readonly user_pool_client_id: string;
  /** The part of the URL before `/admin`; empty when the API has the same origin as the page. */
  readonly api_url: string;
  /** Set only by a local AWS; otherwise it follows from the user pool. */
  readonly cognito_endpoint_url: string | null;
  /** Whether executions can be opened in the AWS console. A local AWS has none. */
  readonly console: boolean;
}

/** Read `/config.json`. @throws Error that names the missing setting */
export async function readSettings(): Promise<Settings> {
  const response = await fetch("/config.json", { cache: "no-cache" });
  if (!response.ok) throw new Error(`/config.json could not be read: status ${response.status}`);
  const settings = (await response.json()) as Settings;
  for (const name of ["user_pool_id", "user_pool_client_id"] as const) {
    if (!settings[name]) throw new Error(`/config.json has no ${name}`);
  }
  return settings;
}
