// The published dashboard in real Chromium: how much a first visit loads until the overview shows data, and a second one. With
// --figures also how long loading takes, on which line, and how long the page takes to answer a person; with --link only the
// latter, at a server that runs already.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values: options } = parseArgs({
  options: {
    server: { type: "string" }, // the published Telemetry.Server
    link: { type: "string" }, // the one that a running server prints
    figures: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
    chromium: { type: "string", default: process.env.TELEMETRY_TEST_BROWSER ?? "/usr/bin/chromium" },
  },
});

const mostBytes = 2_600_000;
const patience = 180_000;
const lines = {
  "loopback": null,
  "10 Mbit/s, 40 ms": { downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8, latency: 40, offline: false },
  "1.6 Mbit/s, 150 ms": { downloadThroughput: 1.6e6 / 8, uploadThroughput: 1.6e6 / 8, latency: 150, offline: false },
};
let passed = 0;
let failed = 0;
function check(name, holds) {
  console.log(`${holds ? "ok   " : "FAIL "} ${name}`);
  holds ? passed++ : failed++;
}

/** Starts the server with the simulated fleet and waits for the link that signs in. */
function startServer(data) {
  const child = spawn(options.server, ["--demo", "--data", data, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.once("exit", () => child.kill());
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, address, token] = /^Open +(http[^#]*)\/#token=(\S+)$/.exec(line) ?? [];
      if (token) resolve({ address, token, stop: () => { child.kill("SIGTERM"); return ended; } });
    });
    ended.then((code) => reject(new Error(`The server ended with ${code}.`)));
  });
}

/** A page of somebody with that context, which notes what the console says and when the first figure is there. */
async function come(context, line) {
  const page = await context.newPage();
  const visit = { page, said: [], bytes: 0, requests: 0, cached: 0 };
  page.on("console", (message) => visit.said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => visit.said.push(String(error)));
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector(".figure .big")?.textContent.trim()) {
        observer.disconnect();
        requestAnimationFrame(() => { window.dataAt = performance.now(); });
      }
    }).observe(document, { childList: true, subtree: true, characterData: true });
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  if (line) await devtools.send("Network.emulateNetworkConditions", line);
  devtools.on("Network.requestWillBeSent", () => visit.requests++);
  devtools.on("Network.requestServedFromCache", () => visit.cached++);
  // What came over the wire: headers when they come, bodies piece by piece, and in the end what was not told before.
  const told = new Map();
  const tell = (id, bytes) => { told.set(id, (told.get(id) ?? 0) + bytes); visit.bytes += bytes; };
  devtools.on("Network.responseReceived", ({ requestId, response }) => tell(requestId, response.encodedDataLength));
  devtools.on("Network.dataReceived", ({ requestId, encodedDataLength }) => tell(requestId, encodedDataLength));
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => tell(requestId, encodedDataLength - (told.get(requestId) ?? 0)));
  return visit;
}

/** Opens the overview and waits for its first figure. */
async function load(context, url, line) {
  const visit = await come(context, line);
  await visit.page.goto(url, { waitUntil: "commit" });
  await visit.page.waitForFunction(() => window.dataAt, null, { timeout: patience })
    .catch(async () => {
      const shown = await visit.page.evaluate(() => document.body.innerText).catch(String);
      throw new Error(`No figure came. The console said: ${visit.said.join(" | ")}\nThe page showed: ${shown}`);
    });
  visit.dataAt = await visit.page.evaluate(() => window.dataAt);
  visit.paintAt = await visit.page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
  return visit;
}

/** Waits until the page says what it is, and every panel has its answer. */
const settle = (page) => page.waitForFunction(
  () => document.querySelector("main h1:not(.sr)") && !document.querySelector(".skeleton, .panel .loading"), null, { timeout: patience });

/** Milliseconds from a person's event to the frame that shows what it led to. */
async function answerTime(page, type, act, shown) {
  await page.evaluate(([type, shown]) => {
    const holds = new Function(`return (${shown})`);
    window.answered = new Promise((resolve) => {
      addEventListener(type, (event) => {
        const look = () => { if (holds()) { observer.disconnect(); requestAnimationFrame(() => resolve(performance.now() - event.timeStamp)); } };
        const observer = new MutationObserver(look);
        observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
        look();
      }, { capture: true, once: true });
    });
  }, [type, shown]);
  await act();
  return page.evaluate(() => window.answered);
}

/** What a person does most, on a page that has loaded: name, and milliseconds round by round. */
async function interactions(context, link, rounds) {
  const { page } = await load(context, link);
  const at = link.replace(/\/#.*/, "");
  const idle = "!document.querySelector('.skeleton, .panel .loading, .is-busy')";
  const times = {};
  const note = (name, time) => (times[name] ??= []).push(time);
  for (let round = 0; round < rounds; round++) {
    await page.goto(`${at}/explore?by=environment.php_version&view=bars&active=30`);
    await settle(page);
    const bar = page.locator("table.bars button").nth(1);
    note("a filter is added", await answerTime(page, "click", () => bar.click(), `location.search.includes("is=") && ${idle}`));
    note("a filter is removed", await answerTime(page, "click", () => page.locator(".chip button.x").last().click(), `!location.search.includes("is=") && ${idle}`));
    const by = page.locator(".sentence select").nth(2);
    note("another dimension", await answerTime(page, "change", () => by.selectOption("environment.database"), `location.search.includes("environment.database") && ${idle}`));
    note("another page", await answerTime(page, "click", () => page.locator("#side a[href^='/support-matrix']").click(), `location.pathname === "/support-matrix" && document.querySelector("table.heat td") && ${idle}`));
    await page.goto(`${at}/explore?by=environment.php_version`);
    await settle(page);
    const plot = await page.locator(".plot").first().boundingBox();
    note("a point of a chart is read", await answerTime(page, "pointermove", () => page.mouse.move(plot.x + plot.width / 2 + round, plot.y + 40), "document.querySelector('.plot .tip')"));
  }

  return times;
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;

const work = mkdtempSync(join(tmpdir(), "telemetry-published-"));
let browser, server;
try {
  server = options.link ? undefined : await startServer(join(work, "data"));
  browser = await chromium.launch({
    executablePath: options.chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
  const link = options.link ?? `${server.address}/#token=${server.token}`;
  if (server) await weigh(link);
  if (options.figures) await measureLoading(link);
  if (options.figures || !server) await measureAnswers(link);
} catch (error) {
  console.log(error);
  failed++;
} finally {
  await browser?.close();
  await server?.stop();
  rmSync(work, { recursive: true, force: true });
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function weigh(link) {
  const context = await browser.newContext();
  const cold = await load(context, link);
  check(`the first figure came after ${megabytes(cold.bytes)} in ${cold.requests} requests, at most ${megabytes(mostBytes)}`, cold.bytes <= mostBytes);
  const warm = await load(context, link);
  check(`the second visit loads ${megabytes(warm.bytes)}, the app itself from the cache`, warm.bytes < mostBytes / 10);
  check(`the console stays empty${cold.said.concat(warm.said).map((said) => `, and said ${said}`)}`, cold.said.length + warm.said.length === 0);
  await context.close();
}

async function measureLoading(link) {
  const rows = [];
  for (const [name, line] of Object.entries(lines)) {
    const colds = [];
    const warms = [];
    for (let round = 0; round < Number(options.rounds); round++) {
      const context = await browser.newContext();
      colds.push(await load(context, link, line));
      warms.push(await load(context, link, line));
      await context.close();
    }
    const of = (visits, what) => median(visits.map((visit) => visit[what]));
    rows.push(`| ${name} | ${megabytes(of(colds, "bytes"))}, ${of(colds, "requests")} | ${seconds(of(colds, "paintAt"))} | ${seconds(of(colds, "dataAt"))} `
      + `| ${(of(warms, "bytes") / 1000).toFixed(0)} kB | ${seconds(of(warms, "dataAt"))} |`);
  }
  console.log("\n| line | first visit, requests | something painted | data on screen | second visit | data on screen |\n| --- | --- | --- | --- | --- | --- |");
  console.log(`${rows.join("\n")}\n`);
}

async function measureAnswers(link) {
  const times = await interactions(await browser.newContext(), link, Number(options.rounds));
  console.log("| what a person does | until it is shown |\n| --- | --- |");
  for (const [name, measured] of Object.entries(times)) console.log(`| ${name} | ${median(measured).toFixed(0)} ms |`);
  console.log();
}
