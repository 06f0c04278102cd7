// RudderStack's library for Node.js, with its own settings: gzip is on, and called a form.
const RudderAnalytics = require("@rudderstack/rudder-sdk-node");
const { answer, given } = require("./talking.cjs");

given(async ({ url, key }) => {
  const client = new RudderAnalytics(key, { dataPlaneUrl: url, flushInterval: 10 });
  client.identify({ userId: "u-1", traits: { email: "ana@acme.com", company: "Acme" } });
  client.track({ userId: "u-1", event: "Guide Downloaded", properties: { topic: "pricing" } });
  client.alias({ previousId: "a-1", userId: "u-1" });
  const { error } = await new Promise((told) => client.flush((error) => told({ error })));
  answer({ error: error ? String(error) : null });
});
