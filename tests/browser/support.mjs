// Real Chromium on the support page of the sample app: by keyboard, light and dark, wide and narrow, with axe-core.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { stand, standIns } from "./stand-in.mjs";

const { values: options } = parseArgs({
  options: {
    server: { type: "string" },
    sample: { type: "string" },
    screenshots: { type: "string" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});

let passed = 0;
let failed = 0;
function check(name, holds) {
  console.log(`${holds ? "ok   " : "FAIL "} ${name}`);
  holds ? passed++ : failed++;
}

const work = mkdtempSync(join(tmpdir(), "telemetry-support-"));
if (options.screenshots) mkdirSync(options.screenshots, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const processes = [];

/** Starts a program and waits for a line of its output. */
function start(program, settings, expected) {
  const environment = { ...process.env };
  delete environment.DO_NOT_TRACK;
  const child = spawn("dotnet", [program, ...settings], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.once("exit", () => child.kill());
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  processes.push(stop);
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const match = expected.exec(line);
      if (match) resolve({ match, stop });
    });
    ended.then((code) => reject(new Error(`${program} ended with ${code}`)));
  });
}

const startSample = (address) => start(options.sample, [
  "--Urls", "http://127.0.0.1:0", `--Telemetry:Server=${address}`,
  `--Telemetry:StateDirectory=${join(work, "state")}`,
], /^Rooms: (http\S+) .*code: (\S+)$/);

let browser, server, app, code, tab;
const complaints = [];

const notice = () => tab.locator(".notice.good, .notice.bad").innerText();
const send = () => tab.getByRole("button", { name: "Send report now" }).click();
const picture = async (name) => {
  if (options.screenshots) await tab.screenshot({ path: join(options.screenshots, `${name}.png`), fullPage: true });
};

/** Looks at the page as it is, in both color schemes and at both widths. */
async function inspect(name) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 320]) {
      await tab.emulateMedia({ colorScheme });
      await tab.setViewportSize({ width, height: 800 });
      await picture(`${name}-${colorScheme}-${width}`);
      // Through the debugger, past the page's own content security policy.
      await tab.evaluate(axe);
      const { violations } = await tab.evaluate(() => window.axe.run());
      const fits = await tab.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
      violations.forEach((violation) =>
        console.log(`  ${violation.id}: ${violation.help}: ${violation.nodes.map((node) => node.html).join(" | ")}`));
      check(`${name}, ${colorScheme}, ${width} px: accessible, nothing to scroll sideways`, violations.length === 0 && fits);
    }
  }
  await tab.emulateMedia({ colorScheme: "light" });
  await tab.setViewportSize({ width: 1280, height: 800 });
}

/** Moves the focus with the tab key until it is on what is meant. */
async function tabTo(selector) {
  for (let i = 0; i < 30; i++) {
    await tab.keyboard.press("Tab");
    if (await tab.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return true;
  }
  return false;
}

async function signIn(at, secret) {
  await tab.goto(`${at}/telemetry`);
  // Browsers keep cookies by host, whatever the port.
  if (new URL(tab.url()).pathname !== "/SignIn") return;
  await tab.getByLabel("Code").fill(secret);
  await tab.getByRole("button", { name: "Sign in" }).click();
}

/** Sends a report to something that stands in for the server. */
async function sendTo(standIn, expected) {
  const place = await stand(standIns[standIn], new URL(server.match[1]).port);
  await send();
  const words = await notice();
  check(`a server that is ${standIn}: ${expected.source.split("[")[0]}`, expected.test(words));
  if (!expected.test(words)) console.log(`  ${words}`);
  await place.leave();
}

/** Sends a report from another instance of the app, whose server is elsewhere. */
async function sendFromAppWith(address, expected) {
  const sample = await startSample(address);
  await signIn(sample.match[1], sample.match[2]);
  await send();
  const words = await notice();
  check(`${address.split(":")[0]} to ${new URL(address).hostname}: ${expected.source.split("[")[0]}`, expected.test(words));
  if (!expected.test(words)) console.log(`  ${words}`);
  await sample.stop();
}

async function open() {
  server = await start(
    options.server, ["--data", join(work, "data"), "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"], /^gRPC *(http\S+)/);
  [, app, code] = (await startSample(server.match[1])).match;
  browser = await chromium.launchPersistentContext(join(work, "profile"), {
    executablePath: options.chromium,
    args: [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  tab = await browser.newPage();
  tab.setDefaultTimeout(30_000);
  tab.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  tab.on("pageerror", (error) => complaints.push(String(error)));
}

try {
  await open();
  await tab.goto(`${app}/telemetry`);
  check("the page asks who it is", new URL(tab.url()).pathname === "/SignIn");
  await signIn(app, code);
  check("the administrator comes to the page", (await tab.title()) === "Usage reports – RoomVox");
  check("reports are on by default, and it says so",
    (await tab.getByRole("region", { name: "Switch" }).innerText()).includes("On, which is the default"));
  await tab.getByText("Show the report").click();
  await inspect("page");

  const digest = await tab.locator("#digest").innerText();
  check("the report is shown as JSON", JSON.parse(await tab.locator("pre").innerText()).usage.rooms === 4);

  await send();
  check("a report is sent", (await notice()).startsWith("Report sent"));
  check("the result has the focus and leads the title",
    (await tab.evaluate(() => document.activeElement?.matches(".notice.good"))) && (await tab.title()).startsWith("Report sent"));
  check("its receipt repeats the digest that was shown", (await notice()).includes(digest));
  check("so does the history",
    (await tab.getByRole("region", { name: "History" }).locator("code").first().innerText()) === digest);
  await inspect("sent");
  await tab.reload();
  check("a reload repeats nothing", (await tab.locator(".notice").count()) === 0
    && (await tab.getByRole("region", { name: "History" }).locator("tbody tr").count()) === 1);

  await send();
  check("a second report is too soon, and it says until when", /too soon[\s\S]*Welcome again/.test(await notice()));
  await picture("too-soon");

  const [download] = await Promise.all([
    tab.waitForEvent("download"), tab.getByRole("button", { name: "Show what was collected" }).click(),
  ]);
  const lines = readFileSync(await download.path(), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  check("what was collected comes as a file", lines.length === 2 && lines[0].instance.app === "roomvox" && lines[1].report.report.usage.rooms === 4);
  await tab.getByRole("button", { name: "Delete what was collected" }).click();
  check("nothing is deleted before a box is ticked",
    (await tab.evaluate(() => document.activeElement?.id)) === "delete-confirm" && (await tab.getByText("Last deleted").count()) === 0);
  await tab.getByLabel("Delete it for good").check();
  await tab.getByRole("button", { name: "Delete what was collected" }).click();
  check("it is deleted, with a receipt", /^Deleted on the server\s+Deleted: 1 report,/.test(await notice())
    && (await tab.locator("#receipt").textContent()).split(".").length === 3);
  await inspect("deleted");

  await server.stop();
  await send();
  check("a stopped server is not reached",
    /Server not reached[\s\S]*connection was refused/.test(await notice()));
  await inspect("unreachable");

  await sendTo("rejected", /Rejected by the server[\s\S]*environment\.country[\s\S]*ISO 3166-1/);
  await inspect("rejected");
  await sendTo("busy", /the server is busy[\s\S]*The server is busy\.[\s\S]*again/);
  await sendTo("failing", /The server failed[\s\S]*incident 7/);
  await sendTo("foreign", /Server not reached[\s\S]*not as a Telemetry server/);
  await sendTo("http1", /Server not reached[\s\S]*only HTTP\/1\.1[\s\S]*gRPC-Web/);
  await sendTo("rude", /No answer: the report may have arrived[\s\S]*The connection to[\s\S]*failed/);
  await sendTo("silent", /No answer: the report may have arrived[\s\S]*did not answer within 15 seconds/);
  await sendFromAppWith("http://no-such-server.invalid:8081", /Server not reached[\s\S]*is not known/);
  const plain = await stand(standIns.http1, 0);
  await sendFromAppWith(`https://127.0.0.1:${plain.port}`, /Server not reached[\s\S]*No trustworthy TLS connection/);
  await plain.leave();
  await signIn(app, code);

  check("the keyboard reaches the switch", await tabTo("input[type=radio]"));
  await tab.keyboard.press("ArrowDown");
  await tab.keyboard.press("ArrowDown");
  check("and sees where it is", await tab.evaluate(() =>
    document.activeElement.value === "off" && getComputedStyle(document.activeElement).outlineWidth !== "0px"));
  check("and the button after it", await tabTo("button[value=switch]"));
  await Promise.all([tab.waitForNavigation(), tab.keyboard.press("Enter")]);
  check("and switches off", /^Saved[\s\S]*Off, because an administrator chose so/.test(await notice()));
  await inspect("off");

  await send();
  check("off means disabled, and stays off", /reports are not on[\s\S]*Off, because/.test(await notice())
    && (await tab.getByRole("radio", { name: "Off" }).isChecked()));
  check("the browser had nothing to complain about", complaints.length === 0);
  complaints.forEach((complaint) => console.log(`  ${complaint}`));
} catch (error) {
  check(`no surprise: ${error}`, false);
} finally {
  await browser?.close();
  for (const stop of processes) await stop();
  rmSync(work, { recursive: true, force: true });
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
