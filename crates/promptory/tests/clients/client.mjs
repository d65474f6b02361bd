// What a program with the Langfuse client for JavaScript does. Prints what it got as JSON.

import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(`${process.env.CLIENTS}/package.json`);
const { LangfuseClient } = require("@langfuse/client");
const { configureGlobalLogger, LogLevel } = require("@langfuse/core");

configureGlobalLogger?.({ level: LogLevel.ERROR });
const client = new LangfuseClient({
  publicKey: process.env.PUBLIC_KEY,
  secretKey: process.env.SECRET_KEY,
  baseUrl: process.env.BASE_URL,
});

const text = ({ name, version, prompt, labels, tags, config }) => ({ name, version, prompt, labels, tags, config });

async function missing() {
  try {
    await client.prompt.get("support/nothing", { maxRetries: 0 });
  } catch (error) {
    return { status: error.statusCode, body: error.body };
  }
}

const reply = await client.prompt.get("support/reply");
const chat = await client.prompt.get("support/chat", { type: "chat" });
const listed = await client.api.prompts.list({ limit: 1, page: 2 });
const raw = await client.api.prompts.get("support/reply", { resolve: false });
const got = {
  known: (await client.api.projects.get()).data.length === 1,
  health: (await client.api.health.health()).status,
  reply: text(reply),
  compiled: reply.compile({ name: "Ada", question: "{{ name }}?" }),
  staging: (await client.prompt.get("support/reply", { label: "staging" })).prompt,
  first: (await client.prompt.get("support/reply", { version: 1 })).prompt,
  raw: raw.prompt,
  graph: (await client.api.prompts.get("support/reply")).resolutionGraph,
  chat: chat.prompt,
  messages: chat.compile({ name: "Ada" }, { history: [{ role: "user", content: "Hi" }] }),
  missing: await missing(),
  fallback: (await client.prompt.get("support/nothing", { fallback: "as before", maxRetries: 0 })).prompt,
  listed: {
    names: listed.data.map((item) => item.name),
    versions: listed.data.map((item) => item.versions),
    total: listed.meta.totalItems,
    pages: listed.meta.totalPages,
  },
};
process.stdout.write(JSON.stringify(got));
