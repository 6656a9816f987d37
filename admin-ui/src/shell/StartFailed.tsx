import { ErrorState } from "../components/ErrorState";
import { FrontPage } from "../session/SignInPage";

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
