// Segment's library for Node.js: tells three things and waits until they are delivered.
const { Analytics } = require("@segment/analytics-node");
const { answer, given } = require("./talking.cjs");

given(async ({ url, key }) => {
  const errors = [];
  const client = new Analytics({ writeKey: key, host: url, flushInterval: 10 });
  client.on("error", (error) => errors.push(String(error.code)));
  client.identify({ userId: "u-1", traits: { email: "ana@acme.com", company: "Acme" } });
  client.track({ userId: "u-1", event: "Guide Downloaded", properties: { topic: "pricing" } });
  client.page({
    userId: "u-1",
    category: "Docs",
    name: "Pricing",
    properties: { url: "https://acme.com/pricing?utm_source=news" },
  });
  await client.closeAndFlush({ timeout: 60_000 });
  answer({ errors });
});
