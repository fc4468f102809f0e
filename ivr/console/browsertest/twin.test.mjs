// The text twin as people with different eyes, hands and machines meet it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { open, accessible, fits, shot, pages } from './rig.mjs';

const languages = ['it', 'en', 'de', 'fr', 'sl'];

// The rules are many and slow: all of them on each kind of page in one language, and once for each language.
for (const [name, base] of Object.entries(pages)) {
  for (const lang of name === 'open' ? languages : ['it']) {
    test(`${name}, ${lang}: accessible, and of one column in every window`, async (t) => {
      const page = await open(t, `${base}/linea/${lang}`);
      assert.equal(await page.getAttribute('html', 'lang'), lang);
      await accessible(page, 'light');
      await fits(page, 'wide');
      await shot(page, `${name}-${lang}-1280`);
      await page.emulateMedia({ colorScheme: 'dark' });
      for (const width of [640, 390, 320]) { // 640 is a window of 1280 at 200 %, 320 one at 400 %
        await page.setViewportSize({ width, height: 800 });
        await fits(page, `${width} pixels`);
      }
      await page.setViewportSize({ width: 390, height: 800 });
      if (lang === 'it') await accessible(page, 'narrow, dark');
      await shot(page, `${name}-${lang}-390-dark`);
      await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
      await fits(page, '390 pixels, letters of 200 %');
    });
  }

  test(`${name}: every link within the page leads somewhere, every number can be dialled`, async (t) => {
    const page = await open(t, `${base}/linea/it`);
    const links = await page.$$eval('a', (all) => all.map((a) => a.getAttribute('href')));
    for (const href of links) {
      if (href.startsWith('#')) assert.equal(await page.locator(`[id="${href.slice(1)}"]`).count(), 1, href);
      else assert.match(href, /^(tel:\d+|\/linea\/[a-z]{2}|\/api\/v1\/line)$/);
    }
    assert.equal(await page.locator('main a').first().getAttribute('href'), 'tel:112');
    assert.ok(links.includes('tel:800840840'));
  });
}

test('the keyboard alone is enough', async (t) => {
  const page = await open(t, `${pages.open}/linea/it`);
  await page.keyboard.press('Tab');
  const skip = page.locator('a.skip');
  assert.ok(await skip.evaluate((e) => e === document.activeElement && e.getBoundingClientRect().top >= 0), 'the first stop is the link over the navigation, and it is seen');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), 'tel:112');
  let stops = 0;
  for (; stops < 200; stops++) {
    const ring = await page.evaluate(() => {
      const a = document.activeElement;
      return a === document.body ? null : [getComputedStyle(a).outlineStyle, parseFloat(getComputedStyle(a).outlineWidth), a.outerHTML];
    });
    if (ring === null) break;
    assert.ok(ring[0] === 'solid' && ring[1] >= 2, `where the focus is can not be seen: ${ring}`);
    await page.keyboard.press('Tab');
  }
  assert.ok(stops > 40, `${stops} stops`);
});

test('a choice leads to its step, a language to its page', async (t) => {
  const page = await open(t, `${pages.open}/linea/it`);
  await page.locator('section', { hasText: 'All\'inizio' }).last().locator('a', { hasText: 'Per informazioni' }).click();
  assert.equal(new URL(page.url()).hash, '#n-information-menu');
  const top = await page.locator('#n-information-menu').evaluate((e) => e.getBoundingClientRect().top);
  assert.ok(top >= -1 && top < 450, `the step is ${top} pixels from the top`);
  await page.locator('nav a', { hasText: 'Deutsch' }).click();
  assert.equal(await page.getAttribute('html', 'lang'), 'de');
  assert.ok((await page.textContent('main')).includes('Um zu erfahren, was zu tun ist'));
});

test('the language is the browser\'s if the line speaks it, else the line\'s first', async (t) => {
  for (const [locale, lang] of [['de-AT', 'de'], ['sl', 'sl'], ['es-ES', 'it']]) {
    const page = await open(t, `${pages.open}/linea`, { locale });
    assert.equal(await page.getAttribute('html', 'lang'), lang, locale);
  }
});

test('nothing needs a script', async (t) => {
  const page = await open(t, `${pages.open}/linea/en`, { script: false });
  assert.equal(await page.locator('script').count(), 0);
  for (const words of ['This is not a rescue service.', 'take shelter under a strong table', 'You are number … in the queue']) {
    assert.ok(await page.locator('main', { hasText: words }).count(), words);
  }
});

test('on paper there are the texts and no navigation', async (t) => {
  const page = await open(t, `${pages.open}/linea/it`);
  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  assert.equal(await page.locator('nav').isVisible(), false);
  assert.equal(await page.locator('.call').isVisible(), true);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
});

test('an alert stands before everything but the rescue number', async (t) => {
  const page = await open(t, `${pages.alert}/linea/it`);
  const headings = await page.$$eval('h2', (all) => all.map((h) => h.textContent));
  assert.deepEqual(headings.slice(0, 2), ['In caso di pericolo', 'Allerta in corso']);
  assert.ok((await page.textContent('.alert')).includes('Allerta rossa in Sicilia'));
  const german = await open(t, `${pages.alert}/linea/de`);
  assert.equal(await german.locator('.alert p').first().getAttribute('lang'), 'it'); // there is no German message: callers hear the Italian one
  assert.ok(await german.locator('#n-events-alert p[lang=it]', { hasText: 'Allerta rossa' }).count());
});

test('a closed line says when it opens', async (t) => {
  const page = await open(t, `${pages.closed}/linea/it`);
  const status = await page.textContent('#person ~ p');
  assert.match(status, /^Il servizio è chiuso\. Riapre [a-zì]+ \d+\/\d+\/\d{4}, ore 10:00\.$/);
  await page.locator('#person ~ ul a').first().click();
  assert.ok((await page.locator(':target').textContent()).includes('Se il servizio è chiuso'));
});
