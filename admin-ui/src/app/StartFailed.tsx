import { FrontPage } from "@/auth/sign-in/SignInPage";
import { ErrorState } from "@/components/feedback/ErrorState";

/** When not even the settings can be read. */
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
