interface Throttled {
  /** Run at once, or when the pause is over. Calls during a run or a pause are one run after it. */
  readonly call: () => void;
  /** Run no more. */
  readonly cancel: () => void;
}

/** Runs something again and again, one run at a time, with a pause of `everyMs` after each. */
export function throttle(run: () => Promise<unknown>, everyMs: number): Throttled {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isBusy = false;
  let isWanted = false;
  let isCancelled = false;

  function call() {
    isWanted = true;
    if (!isBusy && !isCancelled) void start();
  }

  async function start() {
    isBusy = true;
    isWanted = false;
    await run().catch(() => undefined);
    if (!isCancelled) timer = setTimeout(finish, everyMs);
  }

  function finish() {
    isBusy = false;
    if (isWanted) void start();
  }

  function cancel() {
    isCancelled = true;
    clearTimeout(timer);
  }

  return { call, cancel };
}
