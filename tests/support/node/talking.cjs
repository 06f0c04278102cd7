// How a test talks with a script: JSON comes in, JSON goes out.
const { readFileSync } = require("node:fs");

exports.given = (run) => run(JSON.parse(readFileSync(0, "utf8")));
exports.answer = (value) => process.stdout.write(JSON.stringify(value));
