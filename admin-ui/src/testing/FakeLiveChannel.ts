import { ok } from "./responses";

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly channel?: string;
}

/** The browser's end of the live channel, in place of a WebSocket. It accepts every connection and subscription. */
export class FakeLiveChannel {
  /** Those that were opened, the latest last. */
  static opened: FakeLiveChannel[] = [];

  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  isClosed = false;
  /** The channel that the page subscribes to. */
  channel: string | undefined;

  constructor() {
    FakeLiveChannel.opened.push(this);
    queueMicrotask(() => this.onopen?.());
  }

  send(text: string) {
    const { type, id, channel } = JSON.parse(text) as Message;
    if (type === "connection_init") this.answer({ type: "connection_ack" });
    if (type !== "subscribe") return;
    this.channel = channel;
    this.answer({ type: "subscribe_success", ...(id && { id }) });
  }

  close() {
    this.isClosed = true;
  }

  /** Push a change of the product. */
  push() {
    this.onmessage?.({ data: JSON.stringify({ type: "data", id: "1", event: "{}" }) });
  }

  /** Lose the connection. */
  lose() {
    this.isClosed = true;
    this.onclose?.();
  }

  private answer(message: Message) {
    queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(message) }));
  }
}

/** The answer of the API that leads to the channel. */
export function liveStock(): Response {
  return ok({
    realtime_url: "wss://live.example/event/realtime",
    http_host: "live.example",
    api_key: "da2-live",
    expires_at: "2027-02-20T10:00:00.000Z",
    channel: "/stock/kettle",
  });
}
