/** An API that answers what a test says, and remembers what it was asked. */

export class FakeCheckoutApi {
  /** @type {{ method: string, path: string, headers: Headers, body: any }[]} */
  calls = [];
  /** @type {(Response | Error)[]} */
  answers;

  /** @param {(Response | Error)[]} answers */
  constructor(...answers) {
    this.answers = answers;
  }

  /** @type {any} */
  fetch = async (/** @type {Request} */ request) => {
    const url = new URL(request.url);
    const text = await request.text();
    const body = text ? JSON.parse(text) : null;
    this.calls.push({ method: request.method, path: url.pathname + url.search, headers: request.headers, body });
    const answer = this.answers.shift() ?? Response.json({ status: "HELD" });
    if (answer instanceof Error) throw answer;
    return answer;
  };
}
