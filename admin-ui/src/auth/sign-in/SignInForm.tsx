import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, type ReactNode, Suspense, useState } from "react";

import { text } from "@/i18n/text";
import { errorText } from "./errorText";
import { CodeField, PasswordField, UsernameField } from "./SignInFields";
import { requestResetCode, respond, setNewPassword, signInWith, type Step } from "./signInSteps";

const TotpSecret = lazy(() => import("../totp/TotpSecret"));

interface Answers {
  readonly username: string;
  readonly password: string;
  readonly code: string;
}

interface SignInFormProps {
  /** The user whose session ended; the form does not ask for it again. */
  username?: string;
  onSignedIn: () => Promise<void>;
}

/** All steps of a sign-in that Cognito can ask for, one after the other. */
export default function SignInForm({ username: knownUsername = "", onSignedIn }: SignInFormProps) {
  const [step, setStep] = useState<Step>({ name: "password" });
  const [answers, setAnswers] = useState<Answers>({ username: knownUsername, password: "", code: "" });
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  function goTo(next: Step) {
    setError(null);
    setAnswers({ ...answers, password: "", code: "" });
    setStep(next);
  }

  async function submit() {
    setIsBusy(true);
    setError(null);
    try {
      const next = await submitStep(step, answers);
      if (next.name === "done") await onSignedIn();
      else goTo(next);
    } catch (problem) {
      setError(errorText(problem, step.name));
    } finally {
      setIsBusy(false);
    }
  }

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
            {step.name !== "password" && (
              <LinkButton label={text("session.back")} onClick={() => goTo({ name: "password" })} />
            )}
            <Button variant="primary" loading={isBusy}>
              {text(`session.submit.${step.name === "done" ? "password" : step.name}`)}
            </Button>
          </SpaceBetween>
        }
      >
        <StepFields
          key={step.name} // fields of one step are not reused for the next
          step={step}
          answers={answers}
          onChange={(changes) => setAnswers((current) => ({ ...current, ...changes }))}
          isUsernameKnown={knownUsername !== ""}
          onForgotten={() => goTo({ name: "forgotten" })}
        />
      </Form>
    </form>
  );
}

/** Send the answers of a step to Cognito. Returns the next step. */
function submitStep(step: Step, answers: Answers): Promise<Step> {
  const { password } = answers;
  const [username, code] = [answers.username.trim(), answers.code.replace(/\s/g, "")];
  switch (step.name) {
    case "password":
      return signInWith(username, password);
    case "new-password":
      return respond(username, password);
    case "totp-code":
    case "totp-setup":
      return respond(username, code);
    case "forgotten":
      return requestResetCode(username);
    case "reset-code":
      return setNewPassword(step.username, code, password);
    case "done":
      return Promise.resolve(step);
  }
}

interface StepFieldsProps {
  step: Step;
  answers: Answers;
  onChange: (changes: Partial<Answers>) => void;
  isUsernameKnown: boolean;
  onForgotten: () => void;
}

function StepFields({ step, answers, onChange, isUsernameKnown, onForgotten }: StepFieldsProps) {
  const username = { value: answers.username, onChange: (username: string) => onChange({ username }) };
  const password = { value: answers.password, onChange: (password: string) => onChange({ password }) };
  const code = { value: answers.code, onChange: (code: string) => onChange({ code }) };
  switch (step.name) {
    case "password":
      return (
        <SpaceBetween size="l">
          <UsernameField {...username} isKnown={isUsernameKnown} />
          <PasswordField label={text("session.password")} {...password} isCurrent isFirst={isUsernameKnown} />
          <LinkButton variant="inline-link" label={text("session.forgotten")} onClick={onForgotten} />
        </SpaceBetween>
      );
    case "new-password":
      return (
        <SpaceBetween size="l">
          <Explanation>{text("session.new_password.why")}</Explanation>
          <PasswordField label={text("session.new_password")} {...password} isFirst />
        </SpaceBetween>
      );
    case "totp-code":
      return <CodeField label={text("session.totp_code")} {...code} />;
    case "totp-setup":
      return (
        <SpaceBetween size="l">
          <Explanation>{text("session.totp_setup.why")}</Explanation>
          <Suspense>
            <TotpSecret secret={step.secret} uri={step.uri} />
          </Suspense>
          <CodeField label={text("session.totp_code")} {...code} />
        </SpaceBetween>
      );
    case "forgotten":
      return (
        <SpaceBetween size="l">
          <Explanation>{text("session.forgotten.what")}</Explanation>
          <UsernameField {...username} />
        </SpaceBetween>
      );
    case "reset-code":
      return (
        <SpaceBetween size="l">
          <Alert type="info">
            {text("session.reset.sent", { destination: step.destination || text("session.reset.mailbox") })}
          </Alert>
          <CodeField label={text("session.reset_code")} {...code} />
          <PasswordField label={text("session.new_password")} {...password} />
        </SpaceBetween>
      );
    case "done":
      return null;
  }
}

interface LinkButtonProps {
  label: string;
  onClick: () => void;
  variant?: "link" | "inline-link";
}

function LinkButton({ label, onClick, variant = "link" }: LinkButtonProps) {
  return (
    <Button variant={variant} formAction="none" onClick={onClick}>
      {label}
    </Button>
  );
}

function Explanation({ children }: { children: ReactNode }) {
  return <Box color="text-body-secondary">{children}</Box>;
}
