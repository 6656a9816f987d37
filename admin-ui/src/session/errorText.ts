import { text, type TextKey } from "../texts/text";
import { errorName } from "./steps";

// Cognito's words are for developers, and a sign-in must not tell which names exist.
const TEXTS: Readonly<Record<string, TextKey>> = {
  NotAuthorizedException: "session.error.wrong_password",
  UserNotFoundException: "session.error.wrong_password",
  UserDisabledException: "session.error.wrong_password",
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

/** What went wrong with a sign-in, in the page's words. */
export function errorText(error: unknown): string {
  return text(TEXTS[errorName(error)] ?? "session.error.other");
}
