// The same with the older client that many programs still have.

import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(`${process.env.CLIENTS}/package.json`);
const { Langfuse } = require("langfuse");

const client = new Langfuse({
  publicKey: process.env.PUBLIC_KEY,
  secretKey: process.env.SECRET_KEY,
  baseUrl: process.env.BASE_URL,
});

const text = ({ name, version, prompt, labels, tags, config }) => ({ name, version, prompt, labels, tags, config });
const reply = await client.getPrompt("support/reply");
const chat = await client.getPrompt("support/chat", undefined, { type: "chat" });
const got = {
  reply: text(reply),
  compiled: reply.compile({ name: "Ada", question: "{{ name }}?" }),
  staging: (await client.getPrompt("support/reply", undefined, { label: "staging" })).prompt,
  first: (await client.getPrompt("support/reply", 1)).prompt,
  messages: chat.compile({ name: "Ada" }, { history: [{ role: "user", content: "Hi" }] }),
  fallback: (await client.getPrompt("support/nothing", undefined, { fallback: "as before", maxRetries: 0 })).prompt,
};
process.stdout.write(JSON.stringify(got));
