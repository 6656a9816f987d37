/** The server's time, of which this machine knows what it was at one moment. */

export class ServerClock {
  #server = Date.now();
  #date = Date.now();
  #uptime = performance.now();

  /** @param {number} server what the server's clock shows now */
  set(server) {
    this.#server = server;
    this.#date = Date.now();
    this.#uptime = performance.now();
  }

  /** While a machine sleeps, only its date goes on; when its date is set back, only its uptime does. */
  now() {
    return this.#server + Math.max(Date.now() - this.#date, performance.now() - this.#uptime);
  }
}
