import { useQueryClient } from "@tanstack/react-query";
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { setUpTOTP, verifyTOTPSetup } from "aws-amplify/auth";
import { beforeEach, expect, test, vi } from "vitest";

import { renderWithProviders } from "@/testing/renderWithProviders";
import { page } from "@/testing/responses";
import { Session } from "../session";
import { SessionProvider } from "../SessionProvider";
import TotpSetupDialog from "./TotpSetupDialog";

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

/** Open the dialog. Returns a function that reads all data of the page again. */
async function openDialog(onClose: () => void) {
  const payload = { "cognito:username": "anna", "cognito:groups": [] };
  const token = { payload, toString: () => "token" };
  const session = new Session({
    tokens: () => Promise.resolve({ idToken: token, accessToken: token }),
    signOut: () => Promise.resolve(),
  });
  await session.start();
  let refetchAll: () => Promise<void> = () => Promise.resolve();
  function RefetchAll() {
    const queries = useQueryClient();
    refetchAll = () => queries.invalidateQueries();
    return null;
  }
  renderWithProviders(
    <SessionProvider session={session}>
      <RefetchAll />
      <TotpSetupDialog onClose={onClose} />
    </SessionProvider>,
    () => page([]),
  );
  await screen.findByText("KEY1");
  return { refetchAll: () => refetchAll() };
}

const codeField = () => screen.getByLabelText("Code from your authenticator app");

test("Enter submits the code, and the dialog stays open until the code is verified", async () => {
  const close = vi.fn();
  await openDialog(close);
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

test("the secret does not change when the page reads its data again", async () => {
  const { refetchAll } = await openDialog(() => undefined);

  await act(refetchAll);

  screen.getByText("KEY1");
});
