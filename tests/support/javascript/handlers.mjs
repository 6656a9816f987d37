// Runs onSubscribe of a namespace's handlers for each channel, and prints those that it admits.

import { readFileSync } from "node:fs";

const { code, channels } = JSON.parse(readFileSync(0, "utf8"));
const body = code.replace(/^import .*$/m, "").replaceAll("export function", "function");

class Unauthorized extends Error {}

const util = {
  unauthorized() {
    throw new Unauthorized();
  },
};
const onSubscribe = new Function("util", `${body}; return onSubscribe;`)(util);

function isAdmitted(channel) {
  try {
    onSubscribe({ info: { channel: { path: channel, segments: channel.split("/").slice(1) } } });
    return true;
  } catch (error) {
    if (error instanceof Unauthorized) return false;
    throw error;
  }
}

console.log(JSON.stringify(channels.filter(isAdmitted)));
