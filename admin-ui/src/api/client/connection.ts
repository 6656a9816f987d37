/** Whether the API answers, as the latest call found. */
export class Connection {
  private online = true;
  private readonly listeners = new Set<() => void>();

  readonly isOnline = (): boolean => this.online;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** A call was answered, or nobody answered it. */
  found(online: boolean): void {
    if (online === this.online) return;
    this.online = online;
    this.listeners.forEach((listener) => {
      listener();
    });
  }
}
