import { useQueryClient } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { setUpTOTP, verifyTOTPSetup } from "aws-amplify/auth";
import { beforeEach, expect, test, vi } from "vitest";

import { answersPage, around } from "@/testing/renderWithProviders";
import { Session } from "../session";
import { SessionProvider } from "../SessionProvider";
import TotpSetup from "./TotpSetupDialog";

vi.mock("aws-amplify/auth");

let secrets = 0;
let verified: () => void = () => undefined;

beforeEach(() => {
  secrets = 0;
  vi.mocked(setUpTOTP).mockImplementation(() => {
    const sharedSecret = `KEY${++secrets}`;
    return Promise.resolve({ sharedSecret, getSetupUri: () => new URL(`otpauth://totp/${sharedSecret}`) });
  });
  vi.mocked(verifyTOTPSetup).mockImplementation(
    () =>
      new Promise((resolve) => {
        verified = resolve;
      }),
  );
});

/** The dialog, opened; and the way to read everything on the page anew. */
async function opened(onClose: () => void) {
  const payload = { "cognito:username": "anna", "cognito:groups": [] };
  const token = { payload, toString: () => "token" };
  const session = new Session({
    tokens: () => Promise.resolve({ idToken: token, accessToken: token }),
    signOut: () => Promise.resolve(),
  });
  await session.begin();
  let readAnew: () => Promise<void> = () => Promise.resolve();
  function ReadAnew() {
    const queries = useQueryClient();
    readAnew = () => queries.invalidateQueries();
    return null;
  }
  render(
    <SessionProvider session={session}>
      <ReadAnew />
      <TotpSetup onClose={onClose} />
    </SessionProvider>,
    { wrapper: around(() => answersPage([])) },
  );
  await screen.findByText("KEY1");
  return { readAnew: () => readAnew() };
}

const codeField = () => screen.getByLabelText("Code from your authenticator app");

test("one types the code and presses Enter, and the dialog stays until it is verified", async () => {
  const close = vi.fn();
  await opened(close);
  await waitFor(() => {
    expect(document.activeElement).toBe(codeField());
  });

  fireEvent.change(codeField(), { target: { value: "123 456" } });
  fireEvent.submit(codeField());
  await waitFor(() => {
    expect(verifyTOTPSetup).toHaveBeenCalledWith({ code: "123456" });
  });
  fireEvent.keyDown(codeField(), { key: "Escape", keyCode: 27 });
  expect(close).not.toHaveBeenCalled();

  verified();
  await waitFor(() => {
    expect(close).toHaveBeenCalled();
  });
});

test("the secret stays while it is scanned, whatever else is read anew", async () => {
  const { readAnew } = await opened(() => undefined);

  await act(readAnew);

  screen.getByText("KEY1");
});
