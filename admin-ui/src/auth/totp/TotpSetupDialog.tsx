import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import Spinner from "@cloudscape-design/components/spinner";
import { useMutation, useQuery } from "@tanstack/react-query";
import { setUpTOTP, updateMFAPreference, verifyTOTPSetup } from "aws-amplify/auth";
import { useState } from "react";

import { FormDialog } from "@/components/controls/FormDialog";
import { useNotifications } from "@/components/feedback/Notifications";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { useSession } from "../SessionProvider";
import { errorText } from "../sign-in/errorText";
import TotpSecret from "./TotpSecret";

/** Lets a user turn on two-step sign-in, which is optional. */
export default function TotpSetupDialog({ onClose }: { onClose: () => void }) {
  const { user } = useSession();
  const { notify } = useNotifications();
  const [code, setCode] = useState("");
  const setup = useQuery({
    queryKey: ["totp-setup"],
    queryFn: () => setUpTOTP(),
    gcTime: 0,
    staleTime: "static", // a refetch would create a new secret and invalidate the one that the user is scanning
    retry: false,
  });
  const verify = useMutation({
    retry: false,
    mutationFn: async () => {
      await verifyTOTPSetup({ code: code.replace(/\s/g, "") });
      await updateMFAPreference({ totp: "PREFERRED" });
    },
    onSuccess: () => {
      notify({ type: "success", content: text("session.totp_setup.done") });
      onClose();
    },
  });

  const codeField = useInitialFocus<InputProps.Ref>(setup.isSuccess);

  return (
    <FormDialog
      header={text("session.totp_setup.title")}
      onClose={onClose}
      isPending={verify.isPending}
      onSubmit={() => {
        if (setup.data) verify.mutate();
      }}
      submitText={text("session.submit.totp-setup")}
      footer={
        setup.data ? undefined : (
          <Button variant="link" onClick={onClose}>
            {text("cancel")}
          </Button>
        )
      }
    >
      {setup.isPending && <Spinner />}
      {setup.isError && <Alert type="error">{text("session.totp_setup.unavailable")}</Alert>}
      {setup.data && (
        <>
          <Box color="text-body-secondary">{text("session.totp_setup.why")}</Box>
          <TotpSecret
            secret={setup.data.sharedSecret}
            uri={setup.data.getSetupUri(text("app.title"), user.username).toString()}
          />
          <FormField
            label={text("session.totp_code")}
            errorText={verify.isError ? errorText(verify.error, "totp-setup") : undefined}
          >
            <Input
              value={code}
              onChange={({ detail }) => {
                setCode(detail.value);
              }}
              inputMode="numeric"
              autoComplete="one-time-code"
              ref={codeField}
            />
          </FormField>
        </>
      )}
    </FormDialog>
  );
}
