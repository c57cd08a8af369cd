// Takes the pictures of the documentation: every page of the dashboard, light and dark.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const option = name => process.argv[process.argv.indexOf(`--${name}`) + 1];
const [demo, empty, out] = [option("demo"), option("empty"), option("out")];
const patience = 120_000;

const pages = [
  { name: "sign-in", signedOut: true },
  { name: "empty", link: empty },
  { name: "overview" },
  { name: "overview-phone", path: "/", width: 360, height: 780 },
  { name: "live", path: "/live", until: () => document.querySelectorAll(".feed [data-number]").length > 20 && document.querySelector(".filters > .live")?.textContent },
  { name: "explore", path: "/explore?by=environment.php_version" },
  { name: "explore-heat-map", path: "/explore?by=environment.php_version&and=environment.nextcloud_version&view=heat" },
  { name: "releases", path: "/releases?app=roomvox" },
  { name: "support-matrix", path: "/support-matrix?app=roomvox&oldest=8.2" },
  { name: "installations", path: "/installations" },
  { name: "installation", path: "/installations?app=roomvox&sort=report_count", follow: "table.data tbody a >> nth=40" },
  { name: "licenses", path: "/licenses" },
  { name: "data-quality", path: "/data-quality" },
  { name: "settings", path: "/settings" },
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
// The page's policy lets no foreign style in; the one font makes pictures alike wherever they are taken.
const context = await browser.newContext({ locale: "en-US", reducedMotion: "reduce", bypassCSP: true });
context.setDefaultTimeout(patience);
const page = await context.newPage();
mkdirSync(out, { recursive: true });

const shown = async until => {
  await page.waitForFunction(() => document.querySelector("main h1:not(.sr)") && !document.querySelector(".skeleton, .panel .loading"));
  if (until) await page.waitForFunction(until);
  await page.addStyleTag({ content: ":root { --font: Inter, system-ui, sans-serif; }" });
  await page.evaluate(() => document.fonts.ready);
};

let signedIn = "";
for (const { name, path = "/", link = demo, signedOut, follow, until, width = 1280, height = 800 } of pages) {
  const [server] = link.split("/#");
  await page.setViewportSize({ width, height });
  if (signedOut) {
    await page.goto(server);
  } else {
    if (signedIn !== link) {
      await page.goto(link);
      await shown();
      signedIn = link;
    }
    await page.goto(server + path);
  }
  await shown(follow ? undefined : until);
  if (follow) {
    await page.goto(server + await page.locator(follow).getAttribute("href"));
    await shown(until);
  }
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const high = Math.min(await page.evaluate(() => document.documentElement.scrollHeight), width < 1000 ? 1600 : 1400);
    await page.screenshot({ path: `${out}/${name}-${colorScheme}.png`, clip: { x: 0, y: 0, width, height: Math.max(high, height) }, fullPage: true });
  }
  console.log(name);
}
await browser.close();
