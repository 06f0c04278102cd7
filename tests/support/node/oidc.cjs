// A provider of accounts for tests: OpenID Connect by the library many real ones are made with.
// Its accounts and its one client come as JSON in the first argument; the pipe it names is told
// when there is somebody to ask.
const { writeFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

const { port, client, accounts, pipe } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const library = pathToFileURL(join(process.env.NODE_PATH, "oidc-provider", "lib", "index.js"));

import(library).then(({ default: Provider }) => {
  const provider = new Provider(issuer, {
    clients: [client],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
    pkce: { required: () => true },
    cookies: { keys: ["only for tests"] },
    ttl: { Session: 600, Grant: 600, Interaction: 600, AccessToken: 600, IdToken: 600 },
  });
  createServer(provider.callback()).listen(port, "127.0.0.1", () => writeFileSync(pipe, issuer));
});
