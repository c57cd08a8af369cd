// Real Chromium, HTTP/1.1, gRPC-Web, from another origin: submits, queries and follows the stream message by message.
import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    http: { type: "string" },
    token: { type: "string" },
    "page-port": { type: "string" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});

let passed = 0;
let failed = 0;
function check(name, holds) {
  console.log(`${holds ? "ok   " : "FAIL "} ${name}`);
  holds ? passed++ : failed++;
}

const generate = (input) =>
  execFileSync("buf", ["generate", input, "--template", "buf.gen.yaml"], { cwd: here, stdio: "inherit" });
generate("../../protos");
generate("../../artifacts/protos");
const bundle = await build({
  entryPoints: [join(here, "page.js")],
  bundle: true,
  write: false,
  format: "iife",
});

const page = `<!doctype html><meta charset="utf-8"><title>gRPC-Web</title><script>${bundle.outputFiles[0].text.replaceAll("</script", "<\\/script")}</script>`;
const pages = createServer((_, response) => response.setHeader("content-type", "text/html").end(page));
await new Promise((resolve) => pages.listen(Number(options["page-port"]), "127.0.0.1", resolve));

const profile = mkdtempSync(join(tmpdir(), "telemetry-chromium-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: options.chromium,
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  const tab = await browser.newPage();
  tab.setDefaultTimeout(30_000);
  tab.on("pageerror", (error) => console.log(`page: ${error}`));
  await tab.goto(`http://127.0.0.1:${options["page-port"]}/`);
  await tab.evaluate(([url, token]) => window.connect(url, token), [options.http, options.token]);
  const message = (index) => tab.evaluate((i) => window.message(i), index);

  check("the stream opens with hello", (await message(0)).kind === "hello");
  check("an empty log is caught up at once", (await message(1)).kind === "caughtUp");

  for (let i = 0; i < 3; i++) {
    const report = {
      reportId: randomUUID(),
      instanceHash: createHash("sha256").update(`https://browser-${randomUUID()}.example`).digest("hex"),
    };
    const receipt = await tab.evaluate((r) => window.submit(r), report);
    const event = await message(2 + i);
    check(`report ${i + 1} is on the stream before the next is sent`,
      receipt === report.reportId && event.kind === "event" && event.reportId === report.reportId);
  }

  const refusal = await tab.evaluate(() => window.refusal());
  check("a refusal lists the broken fields",
    refusal.invalid && ["report_id", "instance_hash"].every((field) => refusal.fields.includes(field)));
  const info = await tab.evaluate(() => window.serverInfo());
  check("the server tells about itself", info.store === "LiteDB" && info.current === 3);
  check("the installations are listed", (await tab.evaluate(() => window.instances())) === 3);
} catch (error) {
  check(`no surprise: ${error}`, false);
} finally {
  await browser.close();
  pages.close();
  rmSync(profile, { recursive: true, force: true });
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
