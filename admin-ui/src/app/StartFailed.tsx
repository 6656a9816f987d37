import { FrontPage } from "@/auth/sign-in/FrontPage";
import { ErrorState } from "@/components/feedback/ErrorState";

/** Shown when the settings cannot be read. */
export function StartFailed({ error }: { error: unknown }) {
  return (
    <FrontPage>
      <ErrorState
        error={error}
        onRetry={() => {
          window.location.reload();
        }}
      />
    </FrontPage>
  );
}
