// The rig of the browser tests: one Chromium for a file of tests, a fresh context for each page. The Go test that runs a file
// serves the pages and names them in PAGES, a JSON object from name to address.
import { chromium } from 'playwright-core';
import { readFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after } from 'node:test';
import assert from 'node:assert/strict';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const pages = JSON.parse(process.env.PAGES ?? '{}');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
after(() => browser.close());

// open loads an address in a context of its own. What the page must never do is checked when the test ends: ask another origin
// for anything, or complain on the console.
export async function open(t, url, { width = 1280, height = 900, dark = false, script = true, locale = 'it-IT' } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', javaScriptEnabled: script, locale,
  });
  const page = await context.newPage();
  const faults = [];
  const origin = new URL(url).origin;
  page.on('request', (r) => { if (!r.url().startsWith(origin) && !r.url().startsWith('data:')) faults.push(`asks ${r.url()}`); });
  page.on('console', (m) => { if (m.type() === 'error') faults.push(m.text()); });
  page.on('pageerror', (e) => faults.push(String(e)));
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults, []);
  });
  const response = await page.goto(url);
  assert.equal(response.status(), 200, url);
  return page;
}

// accessible holds a page to WCAG 2.2 A and AA and to axe's best practices.
export async function accessible(page, what) {
  const world = await isolated(page);
  await world.run(axe);
  const found = await world.run(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then((r) => r.violations.map((v) => v.id + ': ' + v.help + ': ' + v.nodes.map((n) => n.html).slice(0, 3).join(' | ')))`);
  assert.deepEqual(found, [], what);
}

// isolated runs scripts beside the page's own, which its policy does not forbid.
async function isolated(page) {
  const cdp = await page.context().newCDPSession(page);
  const { frameTree } = await cdp.send('Page.getFrameTree');
  const { executionContextId } = await cdp.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  return {
    async run(expression) {
      const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
  };
}

// fits checks that nothing is wider than the window: whoever enlarges a page scrolls in one direction only.
export async function fits(page, what) {
  const [inner, wide] = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > limit + 1 && getComputedStyle(e).position !== 'absolute');
    return [document.documentElement.scrollWidth - limit, out.map((e) => e.outerHTML.slice(0, 120))];
  });
  assert.ok(inner <= 0 && wide.length === 0, `${what}: ${inner} pixels too wide: ${wide.slice(0, 3)}`);
}

// shot keeps a picture for people, where SHOTS names a folder.
export async function shot(page, name) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });
}
