import { text, type TextKey } from "@/i18n/text";
import { errorName, type Step } from "./signInSteps";

// A sign-in must not reveal which usernames exist. At later steps, these errors mean that Cognito's session expired.
const WRONG_SIGN_IN = ["NotAuthorizedException", "UserNotFoundException", "UserDisabledException"];

// Cognito's own messages are for developers.
const TEXTS: Readonly<Record<string, TextKey>> = {
  CodeMismatchException: "session.error.wrong_code",
  EnableSoftwareTokenMFAException: "session.error.wrong_code",
  ExpiredCodeException: "session.error.expired_code",
  InvalidPasswordException: "session.error.weak_password",
  PasswordHistoryPolicyViolationException: "session.error.used_password",
  LimitExceededException: "session.error.too_often",
  TooManyRequestsException: "session.error.too_often",
  TooManyFailedAttemptsException: "session.error.too_often",
  NetworkError: "session.error.network",
};

/** An error of a sign-in step, as a text of the page. */
export function errorText(error: unknown, step: Step["name"]): string {
  const name = errorName(error);
  if (step === "password" && WRONG_SIGN_IN.includes(name)) return text("session.error.wrong_password");
  return text(TEXTS[name] ?? "session.error.other");
}
