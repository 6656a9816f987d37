import { expect, test } from "vitest";

import { errorText } from "./errorText";

function anError(name: string): Error {
  return Object.assign(new Error("for developers"), { name });
}

test.each(["NotAuthorizedException", "UserNotFoundException", "UserDisabledException"])(
  "%s at the password does not reveal which usernames exist",
  (name) => {
    expect(errorText(anError(name), "password")).toBe("The username or the password is wrong.");
  },
);

test.each(["totp-code", "totp-setup", "new-password", "reset-code"] as const)(
  "an expired session at %s is not reported as a wrong password",
  (step) => {
    expect(errorText(anError("NotAuthorizedException"), step)).toBe(
      "That did not work. Start again, or ask an administrator.",
    );
  },
);

test("a wrong code is reported at every step", () => {
  expect(errorText(anError("CodeMismatchException"), "totp-code")).toBe("The code is wrong.");
  expect(errorText(anError("CodeMismatchException"), "reset-code")).toBe("The code is wrong.");
});
