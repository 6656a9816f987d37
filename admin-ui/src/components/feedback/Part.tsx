import { Component, type ReactNode, Suspense } from "react";

import { ErrorState } from "./ErrorState";
import { Loading } from "./Loading";

/** A part of a page that loads, and fails, by itself. */
export class Part extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error !== null) {
      return <ErrorState error={this.state.error} onRetry={() => this.setState({ error: null })} />;
    }
    return <Suspense fallback={<Loading />}>{this.props.children}</Suspense>;
  }
}
