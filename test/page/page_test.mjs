// Opens the page of the demo in a browser, looks at what is drawn, and uses it: page_test.mjs <browser> <page>
import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [executablePath, path] = process.argv.slice(2);
const url = pathToFileURL(path).href;
let number = 0;
let failures = 0;

function ok(condition, name, detail) {
  number++;
  if (!condition) failures++;
  console.log(`${condition ? 'ok' : 'not ok'} ${number} - ${name}`);
  if (!condition && detail !== undefined) console.log(`# ${JSON.stringify(detail)}`);
}

const browser = await chromium.launch({ executablePath });
const complaints = [];
const requests = [];

async function open(options) {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(30_000);
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  await page.waitForSelector('html[data-drawn]');
  return page;
}

// Marks of a picture that can be seen: those of one kind, with a shape.
const count = (page, id, mark) => page.locator(`#${id} .mark-${mark}.role-mark path:not([d=""]), #${id} .mark-${mark}.role-mark text, #${id} .mark-${mark}.role-mark line`).count();
const shapes = (page, id, mark) => page.locator(`#${id} .mark-${mark}.role-mark path`).evaluateAll((paths) => paths.map((path) => path.getAttribute('transform') + path.getAttribute('d')).join());
const texts = (page, id) => page.locator(`#${id} text`).allTextContents();
const drawn = (page, interval) => page.waitForSelector(`html[data-drawn*="${interval}"]`);
async function choose(page, grain) {
  const before = await page.locator('html').getAttribute('data-drawn');
  if (await page.locator(`input[value=${grain}]`).isChecked()) return;
  await page.locator(`label:has(input[value=${grain}])`).click();
  await page.waitForSelector(`html[data-drawn]:not([data-drawn="${before}"])`);
}
const until = (page, id, text) => page.waitForFunction(([id, text]) => document.getElementById(id).textContent.includes(text), [id, text]);

// ---- what is drawn ----------------------------------------

const page = await open({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
ok(statSync(path).size < 3e6, 'the file is smaller than 3 MB', statSync(path).size);
ok(/^20,000 flights, answered from [\d.]+\s[kM]B of sketches$/.test(await page.title()), 'the title says what is seen', await page.title());

const expected = [
  ['delays', 'area', 2], ['delays', 'line', 1], ['delays', 'text', 3], ['delays', 'rule', 20],
  ['overview', 'area', 2],
  ['distribution', 'rect', 44], ['distribution', 'line', 1],
  ['airports', 'symbol', 20], ['airports', 'rule', 10], ['airports', 'rect', 20],
  ['routes', 'symbol', 20], ['routes', 'rule', 10], ['routes', 'rect', 20],
  ['different', 'area', 1], ['different', 'line', 1], ['different', 'symbol', 20],
  ['errors', 'symbol', 80], ['errors', 'rect', 4],
  ['speed', 'symbol', 10], ['speed', 'rule', 5],
  ['bytes', 'rect', 5],
];
for (const [id, mark, marks] of expected) {
  const found = await count(page, id, mark);
  ok(found === marks, `${id}: ${marks} marks of kind ${mark}`, found);
}
for (const [id, unit] of [['delays', 'delay, minutes'], ['distribution', '% of the flights'], ['airports', 'departures'], ['routes', 'flights'],
                          ['different', 'different routes a day'], ['errors', 'error, % of the exact answer'], ['speed', 'milliseconds, logarithmic'], ['bytes', 'MB']]) {
  ok((await texts(page, id)).includes(unit), `${id}: an axis says "${unit}"`);
}

const top = await page.evaluate(() => {
  const { airports, routes } = JSON.parse(document.getElementById('data').textContent);
  return [...airports, ...routes].map(([, , item, estimate, lower, upper, exact]) => ({ item, estimate, lower, upper, exact }));
});
ok(top.length > 200 && top.every(({ estimate, lower, upper, exact }) => lower <= exact && exact <= upper && lower <= estimate && estimate <= upper),
  `the bounds of ${top.length} counts hold`);
ok(top.some(({ lower, upper }) => lower < upper), 'some counts are not exact, so that there are bounds to see');

const charts = await page.locator('.chart').evaluateAll((all) => all.filter((chart) => chart.getAttribute('role') === 'img' && chart.ariaLabel?.length > 20).length);
ok(charts === 9, 'each of 9 pictures says to a screen reader what it shows', charts);
const sql = await page.locator('details').evaluateAll((all) => all.map((details) => [details.open, /SELECT[^]*FROM/.test(details.textContent)]));
ok(sql.length === 7 && sql.every(([opened, query]) => !opened && query), 'the SQL of each picture is at hand, folded', sql);

// ---- what it does ----------------------------------------

const before = { airports: await texts(page, 'airports'), routes: await shapes(page, 'routes', 'symbol'), delays: await shapes(page, 'delays', 'area'), bars: await shapes(page, 'distribution', 'rect') };
await choose(page, 'week');
await drawn(page, 'Week of 22 January 2001');
await until(page, 'delays-hint', 'One point an hour');
ok(String(await texts(page, 'airports')) !== String(before.airports), 'another interval has other top airports');
ok((await shapes(page, 'routes', 'symbol')) !== before.routes, 'another interval moves the points of the top routes');
ok((await shapes(page, 'distribution', 'rect')) !== before.bars, 'another interval has another distribution');
ok((await count(page, 'delays', 'rule')) === 168, 'a week shows its percentiles by the hour', await count(page, 'delays', 'rule'));

const week = await shapes(page, 'routes', 'symbol');
await page.locator('#later').click();
await drawn(page, 'Week of 29 January 2001');
ok((await shapes(page, 'routes', 'symbol')) !== week, 'the next week moves the points of the top routes');
await page.locator('#later').click();
await drawn(page, 'Week of 5 February 2001');
ok(await page.locator('#later').isDisabled(), 'there is none after the last week');
await page.locator('#position').focus();
await page.keyboard.press('ArrowLeft');
await page.keyboard.press('ArrowLeft');
await drawn(page, 'Week of 22 January 2001');
ok(true, 'keys move the slider');
await page.locator('input[value=week]').focus();
await page.keyboard.press('ArrowRight');
await drawn(page, 'Mon');
ok(true, 'keys choose the length of the interval');

await choose(page, 'all');
await until(page, 'delays-hint', 'One point a day');
ok((await shapes(page, 'delays', 'area')) === before.delays, 'back to all flights');
await page.locator('#overview').evaluate((overview) => overview.scrollIntoView({ block: 'center' }));
const strip = await page.locator('#overview .role-frame > g > path.background').boundingBox();
await page.mouse.move(strip.x + strip.width * 0.3, strip.y + strip.height / 2);
await page.mouse.down();
await page.mouse.move(strip.x + strip.width * 0.5, strip.y + strip.height / 2, { steps: 5 });
await page.mouse.up();
await until(page, 'delays-hint', 'One point an hour');
ok((await shapes(page, 'delays', 'area')) !== before.delays, 'dragging in the strip shows its window');

const brush = () => page.locator('#overview .brush_brush path').evaluateAll(([path]) => path?.getBBox().width);
const brushed = await brush();
for (const display of ['none', '']) {
  await page.evaluate((display) => {
    document.querySelector('main').style.display = display;
    dispatchEvent(new Event('resize'));
  }, display);
  await page.waitForTimeout(1000);
}
const marked = await brush();
ok(brushed > 100 && Math.abs(marked - brushed) < 1, 'a window that had no width for a while shows what it did', [brushed, marked]);

await page.locator('#airports').evaluate((airports) => airports.scrollIntoView({ block: 'center' }));
const point = await page.locator('#airports .mark-symbol path').first().boundingBox();
await page.mouse.move(point.x + point.width / 2, point.y + point.height / 2);
await page.waitForSelector('#vg-tooltip-element.visible');
ok(/estimate[^]*lower[^]*upper[^]*exact/.test(await page.locator('#vg-tooltip-element').textContent()), 'a point tells its numbers');

const fill = () => page.locator('#bytes .mark-rect path').first().getAttribute('fill');
const light = await fill();
await choose(page, 'day');
const day = await page.locator('#chosen').textContent();
await page.emulateMedia({ colorScheme: 'dark' });
await page.waitForFunction((light) => document.querySelector('#bytes .mark-rect path')?.getAttribute('fill') !== light, light);
ok((await page.locator('#chosen').textContent()) === day, 'a change to dark colours keeps the interval');
await page.close();

// ---- how it looks ----------------------------------------

for (const colorScheme of ['light', 'dark']) {
  for (const width of [360, 1280]) {
    const view = `${width} px, ${colorScheme}`;
    const narrow = await open({ viewport: { width, height: 800 }, colorScheme });
    for (const grain of ['all', 'month', 'week', 'day']) {
      await choose(narrow, grain);
      const found = await narrow.evaluate(() => {
        const boxes = (selector, root = document) => [...root.querySelectorAll(selector)].map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() })).filter(({ box }) => box.width);
        const outside = boxes('.chart text:not([opacity="0"])').filter(({ box }) => box.left < 0 || box.right > innerWidth).map(({ text }) => text);
        const overlap = [...document.querySelectorAll('.chart')].flatMap((chart) => {
          const labels = boxes(':is(.role-axis-label, .role-axis-title) text:not([opacity="0"])', chart);
          return labels.flatMap((a, i) => labels.slice(i + 1).filter((b) =>
            a.box.left < b.box.right - 1 && b.box.left < a.box.right - 1 && a.box.top < b.box.bottom - 3 && b.box.top < a.box.bottom - 3).map((b) => [chart.id, a.text, b.text]));
        });
        return { overflow: document.documentElement.scrollWidth - innerWidth, outside, overlap };
      });
      const percentiles = await count(narrow, 'delays', 'text');
      ok(percentiles === 3, `${view}, ${grain}: the percentiles have their names`, percentiles);
      ok(found.overflow <= 0, `${view}, ${grain}: nothing to scroll sideways`, found.overflow);
      ok(found.outside.length === 0, `${view}, ${grain}: no label is cut off`, found.outside);
      ok(found.overlap.length === 0, `${view}, ${grain}: no label covers another`, found.overlap);
    }
    await narrow.close();
  }
  // WCAG 2.1, relative luminance: 4.5 for text, 3 for what a picture is made of.
  const colors = await open({ colorScheme });
  const contrasts = await colors.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    const luminance = (name) => [1, 3, 5].map((i) => parseInt(style.getPropertyValue(name).trim().slice(i, i + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
    return [...['--paper', '--card', '--field'].flatMap((ground) => ['--ink', '--quiet'].map((text) => [text, ground, contrast(text, ground), 4.5])),
            ['--sketch', '--paper', contrast('--sketch', '--paper'), 4.5], ['--sketch', '--card', contrast('--sketch', '--card'), 4.5],
            ['--exact', '--card', contrast('--exact', '--card'), 3]];
  });
  ok(contrasts.every(([, , contrast, needed]) => contrast >= needed), `${colorScheme}: contrasts are those of WCAG AA`, contrasts);
  await colors.close();
}

ok(requests.every((request) => request === url || /^(data|blob):/.test(request)), 'no request leaves the page', requests.filter((request) => request !== url));
ok(complaints.length === 0, 'the browser has nothing to complain about', complaints);

await browser.close();
console.log(`1..${number}`);
process.exit(failures ? 1 : 0);
