interface Request {
  readonly callback: LockGrantedCallback<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** The locks of a browser, which several tabs of a test share. There is one lock. */
export class FakeLocks {
  static install(): void {
    Object.defineProperty(navigator, "locks", { value: new FakeLocks(), configurable: true });
  }

  static remove(): void {
    Reflect.deleteProperty(navigator, "locks");
  }

  private holder: Request | null = null;
  private readonly queue: Request[] = [];

  readonly request = (name: string, options: LockOptions, callback: LockGrantedCallback<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const request = { callback, resolve, reject };
      options.signal?.addEventListener("abort", () => {
        const place = this.queue.indexOf(request);
        if (place < 0) return;
        this.queue.splice(place, 1);
        reject(new Error("aborted"));
      });
      if (this.holder && options.ifAvailable) resolve(callback(null));
      else if (this.holder && !options.steal) this.queue.push(request);
      else {
        this.holder?.reject(new Error("stolen"));
        this.grant(name, request);
      }
    });

  private grant(name: string, request: Request): void {
    this.holder = request;
    void Promise.resolve(request.callback({ name, mode: "exclusive" })).then((value) => {
      request.resolve(value);
      if (this.holder !== request) return; // it was stolen
      this.holder = null;
      const next = this.queue.shift();
      if (next) this.grant(name, next);
    });
  }
}
