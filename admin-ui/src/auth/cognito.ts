import { Amplify } from "aws-amplify";
import { fetchAuthSession, signOut } from "aws-amplify/auth";

import type { Settings } from "@/lib/settings";
import type { Authentication } from "./session";

/**
 * Cognito, through Amplify.
 *
 * Amplify stores the tokens in localStorage, so that a link in a new tab does not ask for the password again. A script
 * that could read them there could also make calls itself. Against such scripts there is the content security policy,
 * which allows only our own. The tokens are short-lived: 15 minutes, and 12 hours for the refresh token, which signing
 * out revokes.
 */
export function cognito(settings: Settings): Authentication {
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: settings.user_pool_id,
        userPoolClientId: settings.user_pool_client_id,
        ...(settings.cognito_endpoint_url ? { userPoolEndpoint: settings.cognito_endpoint_url } : {}),
      },
    },
  });
  return {
    tokens: async (renew) => (await fetchAuthSession({ forceRefresh: renew })).tokens ?? null,
    signOut: () => signOut(),
  };
}
