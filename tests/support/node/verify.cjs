// The published verifiers for Node.js: what each says of a signed request, body in base64.
const standard = require("standardwebhooks");
const svix = require("svix");
const { answer, given } = require("./talking.cjs");

given(async ({ secret, headers, body }) => {
  const text = Buffer.from(body, "base64").toString();
  const said = {};
  for (const [name, { Webhook }] of Object.entries({ standardwebhooks: standard, svix })) {
    try {
      new Webhook(secret).verify(text, headers);
      said[name] = "verified";
    } catch (error) {
      said[name] = error.message;
    }
  }
  answer(said);
});
