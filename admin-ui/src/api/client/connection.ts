/** Whether the API could be reached in the latest call. */
export class Connection {
  private online = true;
  private readonly listeners = new Set<() => void>();

  readonly isOnline = (): boolean => this.online;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Record whether a call reached the API. */
  setOnline(online: boolean): void {
    if (online === this.online) return;
    this.online = online;
    this.listeners.forEach((listener) => {
      listener();
    });
  }
}
