import { text, type TextKey } from "@/i18n/text";
import { errorName, type Step } from "./signInSteps";

// A sign-in must not tell which names exist. Elsewhere these mean something else: that the session of the steps ran out.
const WRONG_SIGN_IN = ["NotAuthorizedException", "UserNotFoundException", "UserDisabledException"];

// Cognito's words are for developers.
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

/** What went wrong at a step of a sign-in, in the page's words. */
export function errorText(error: unknown, step: Step["name"]): string {
  const name = errorName(error);
  if (step === "password" && WRONG_SIGN_IN.includes(name)) return text("session.error.wrong_password");
  return text(TEXTS[name] ?? "session.error.other");
}
