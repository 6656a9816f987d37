import {
  confirmResetPassword,
  confirmSignIn,
  resetPassword,
  signIn,
  type SignInOutput,
  signOut,
} from "aws-amplify/auth";

import { text } from "@/i18n/text";

/** The next step of a sign-in. */
export type Step =
  | { readonly name: "password" }
  | { readonly name: "new-password" }
  | { readonly name: "totp-code" }
  | { readonly name: "totp-setup"; readonly secret: string; readonly uri: string }
  | { readonly name: "forgotten" }
  | { readonly name: "reset-code"; readonly username: string; readonly destination: string }
  | { readonly name: "done" };

/** Start a sign-in with a username and a password. */
export async function signInWith(username: string, password: string): Promise<Step> {
  try {
    return await next(username, await signIn({ username, password }));
  } catch (error) {
    // Cognito refuses a new sign-in while the tokens of an ended session are still stored.
    if (errorName(error) !== "UserAlreadyAuthenticatedException") throw error;
    await signOut();
    return next(username, await signIn({ username, password }));
  }
}

/** Answer a step that asked for a new password or a code. */
export async function respond(username: string, challengeResponse: string): Promise<Step> {
  return next(username, await confirmSignIn({ challengeResponse }));
}

/** Request a code to reset a forgotten password. */
export async function requestResetCode(username: string): Promise<Step> {
  const { nextStep } = await resetPassword({ username });
  if (nextStep.resetPasswordStep === "DONE") return { name: "password" };
  return { name: "reset-code", username, destination: nextStep.codeDeliveryDetails.destination ?? "" };
}

/** Set a new password with that code, and sign in. */
export async function setNewPassword(username: string, code: string, newPassword: string): Promise<Step> {
  await confirmResetPassword({ username, confirmationCode: code, newPassword });
  return signInWith(username, newPassword);
}

async function next(username: string, { nextStep }: SignInOutput): Promise<Step> {
  switch (nextStep.signInStep) {
    case "DONE":
      return { name: "done" };
    case "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED":
      return { name: "new-password" };
    case "CONFIRM_SIGN_IN_WITH_TOTP_CODE":
      return { name: "totp-code" };
    case "CONTINUE_SIGN_IN_WITH_TOTP_SETUP": {
      const setup = nextStep.totpSetupDetails;
      return {
        name: "totp-setup",
        secret: setup.sharedSecret,
        uri: setup.getSetupUri(text("app.title"), username).toString(),
      };
    }
    case "CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION":
    case "CONTINUE_SIGN_IN_WITH_MFA_SELECTION":
      return respond(username, "TOTP");
    case "RESET_PASSWORD":
      return requestResetCode(username);
    default:
      throw new Error(`Cognito asks for an unknown step: ${nextStep.signInStep}`);
  }
}

/** Cognito's name for an error; empty if it is not an error. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
