import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, type ReactNode, Suspense, useState } from "react";

import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { errorText } from "./errorText";
import { begin, forget, reset, respond, type Step } from "./signInSteps";

const TotpSecret = lazy(() => import("../totp/TotpSecret"));

interface SignInFormProps {
  /** Whose session ended; they need not type it again. */
  username?: string;
  onSignedIn: () => Promise<void>;
}

/** Everything Cognito may ask before somebody is signed in, one step after the other. */
export default function SignInForm({ username: knownUsername = "", onSignedIn }: SignInFormProps) {
  const [step, setStep] = useState<Step>({ name: "password" });
  const [username, setUsername] = useState(knownUsername);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  function goTo(next: Step) {
    setError(null);
    setPassword("");
    setCode("");
    setStep(next);
  }

  async function submit() {
    setIsBusy(true);
    setError(null);
    try {
      const next = await take(step, { username: username.trim(), password, code: code.replace(/\s/g, "") });
      if (next.name === "done") await onSignedIn();
      else goTo(next);
    } catch (problem) {
      setError(errorText(problem, step.name));
    } finally {
      setIsBusy(false);
    }
  }

  const back = (
    <Button
      variant="link"
      formAction="none"
      onClick={() => {
        goTo({ name: "password" });
      }}
    >
      {text("session.back")}
    </Button>
  );

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void submit();
      }}
    >
      <Form
        errorText={error}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {step.name !== "password" && back}
            <Button variant="primary" loading={isBusy}>
              {text(`session.submit.${step.name === "done" ? "password" : step.name}`)}
            </Button>
          </SpaceBetween>
        }
      >
        <>
          {step.name === "password" && (
            <SpaceBetween size="l">
              <UsernameField value={username} onChange={setUsername} isKnown={knownUsername !== ""} />
              <PasswordField
                label={text("session.password")}
                value={password}
                onChange={setPassword}
                isCurrent
                isFirst={knownUsername !== ""}
              />
              <Button
                variant="inline-link"
                formAction="none"
                onClick={() => {
                  goTo({ name: "forgotten" });
                }}
              >
                {text("session.forgotten")}
              </Button>
            </SpaceBetween>
          )}
          {step.name === "new-password" && (
            <SpaceBetween size="l">
              <Explanation>{text("session.new_password.why")}</Explanation>
              <PasswordField label={text("session.new_password")} value={password} onChange={setPassword} isFirst />
            </SpaceBetween>
          )}
          {step.name === "totp-code" && <CodeField label={text("session.totp_code")} value={code} onChange={setCode} />}
          {step.name === "totp-setup" && (
            <SpaceBetween size="l">
              <Explanation>{text("session.totp_setup.why")}</Explanation>
              <Suspense>
                <TotpSecret secret={step.secret} uri={step.uri} />
              </Suspense>
              <CodeField label={text("session.totp_code")} value={code} onChange={setCode} />
            </SpaceBetween>
          )}
          {step.name === "forgotten" && (
            <SpaceBetween size="l">
              <Explanation>{text("session.forgotten.what")}</Explanation>
              <UsernameField value={username} onChange={setUsername} />
            </SpaceBetween>
          )}
          {step.name === "reset-code" && (
            <SpaceBetween size="l">
              <Alert type="info">
                {text("session.reset.sent", { destination: step.destination || text("session.reset.mailbox") })}
              </Alert>
              <CodeField label={text("session.reset_code")} value={code} onChange={setCode} />
              <PasswordField label={text("session.new_password")} value={password} onChange={setPassword} />
            </SpaceBetween>
          )}
        </>
      </Form>
    </form>
  );
}

interface Answers {
  username: string;
  password: string;
  code: string;
}

function take(step: Step, { username, password, code }: Answers): Promise<Step> {
  switch (step.name) {
    case "password":
      return begin(username, password);
    case "new-password":
      return respond(username, password);
    case "totp-code":
    case "totp-setup":
      return respond(username, code);
    case "forgotten":
      return forget(username);
    case "reset-code":
      return reset(step.username, code, password);
    case "done":
      return Promise.resolve(step);
  }
}

interface FieldProps {
  value: string;
  onChange: (value: string) => void;
}

function UsernameField({ value, onChange, isKnown = false }: FieldProps & { isKnown?: boolean }) {
  return (
    <FormField label={text("session.username")}>
      <Input
        value={value}
        onChange={({ detail }) => {
          onChange(detail.value);
        }}
        autoComplete="username"
        name="username"
        spellcheck={false}
        disableBrowserAutocorrect
        autoFocus={!isKnown}
        readOnly={isKnown}
        ariaRequired
      />
    </FormField>
  );
}

interface PasswordFieldProps extends FieldProps {
  label: string;
  isCurrent?: boolean;
  isFirst?: boolean;
}

function PasswordField({ label, value, onChange, isCurrent = false, isFirst = false }: PasswordFieldProps) {
  const field = useInitialFocus<InputProps.Ref>(isFirst);
  return (
    <FormField label={label} constraintText={isCurrent ? undefined : text("session.new_password.rules")}>
      <Input
        type="password"
        value={value}
        onChange={({ detail }) => {
          onChange(detail.value);
        }}
        autoComplete={isCurrent ? "current-password" : "new-password"}
        name="password"
        ref={field}
        ariaRequired
      />
    </FormField>
  );
}

function CodeField({ label, value, onChange }: FieldProps & { label: string }) {
  return (
    <FormField label={label}>
      <Input
        value={value}
        onChange={({ detail }) => {
          onChange(detail.value);
        }}
        inputMode="numeric"
        autoComplete="one-time-code"
        name="code"
        autoFocus
        ariaRequired
      />
    </FormField>
  );
}

function Explanation({ children }: { children: ReactNode }) {
  return <Box color="text-body-secondary">{children}</Box>;
}
