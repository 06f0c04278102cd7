// The CloudEvents project's library for Node.js: writes one event in each mode as a message.
const { CloudEvent, HTTP } = require("cloudevents");
const { answer, given } = require("./talking.cjs");

given(async ({ event }) => {
  const written = new CloudEvent(event);
  const messages = [HTTP.binary(written), HTTP.structured(written)];
  answer(messages.map(({ headers, body }) => ({ headers, body })));
});
