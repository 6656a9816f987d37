import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";

import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";

interface FieldProps {
  value: string;
  onChange: (value: string) => void;
}

export function UsernameField({ value, onChange, isKnown = false }: FieldProps & { isKnown?: boolean }) {
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
  /** Whether it asks for the current password instead of a new one. */
  isCurrent?: boolean;
  /** Whether it takes the focus. */
  isFirst?: boolean;
}

export function PasswordField({ label, value, onChange, isCurrent = false, isFirst = false }: PasswordFieldProps) {
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

export function CodeField({ label, value, onChange }: FieldProps & { label: string }) {
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
