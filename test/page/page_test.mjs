// Opens the page of the demo in a browser, looks at what is drawn, and uses it: page_test.mjs <browser> <page>
// A page that was made without sketch.wasm lacks what it merges by itself. The SQL that it shows runs in the database of the environment, which has its flights.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
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
  if (await page.locator('#grain').inputValue() === grain) return;
  await page.selectOption('#grain', grain);
  await page.waitForSelector(`html[data-drawn]:not([data-drawn="${before}"])`);
}
const until = (page, id, text) => page.waitForFunction(([id, text]) => document.getElementById(id).textContent.includes(text), [id, text]);

// ---- what is drawn ----------------------------------------

const page = await open({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
ok(statSync(path).size < 3e6, 'the file is smaller than 3 MB', statSync(path).size);
ok(/^20,000 flights, answered from [\d.]+\s[kM]B of sketches$/.test(await page.title()), 'the title says what is seen', await page.title());

const merges = await page.locator('#any').count() > 0;
if (!merges) console.log('skipped: the page has no sketch.wasm');
else await page.waitForSelector('#any[data-drawn]');
const expected = [
  ...(merges ? [['any-delays', 'rect', 44], ['any-airports', 'symbol', 10], ['any-airports', 'rect', 20]] : []),
  ['delays', 'area', 2], ['delays', 'line', 1], ['delays', 'text', 3], ['delays', 'rule', 20],
  ['overview', 'area', 2],
  ['distribution', 'rect', 44], ['distribution', 'line', 1],
  ['airports', 'symbol', 20], ['airports', 'rule', 10], ['airports', 'rect', 20],
  ['routes', 'symbol', 20], ['routes', 'rule', 10], ['routes', 'rect', 20],
  ['frequency', 'area', 1], ['frequency', 'line', 1], ['frequency', 'symbol', 20],
  ['membership', 'rect', 64],
  ['different', 'area', 1], ['different', 'line', 1], ['different', 'symbol', 20],
  ['errors', 'symbol', 80], ['errors', 'rect', 4],
  ['speed', 'symbol', 14], ['speed', 'rule', 7],
  ['bytes', 'rect', 8],
];
for (const [id, mark, marks] of expected) {
  const found = await count(page, id, mark);
  ok(found === marks, `${id}: ${marks} marks of kind ${mark}`, found);
}
for (const [id, unit] of [['delays', 'delay, minutes'], ['distribution', '% of the flights'], ['airports', 'departures'], ['routes', 'flights'],
                          ['frequency', 'departures a day'], ['membership', 'from'], ['membership', 'to'],
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
ok(charts === (merges ? 13 : 11), 'each picture says to a screen reader what it shows', charts);
for (const family of ['quantile', 'distinct', 'frequency', 'topk', 'membership']) {
  const marks = await page.locator('section', { has: page.locator('h2 code', { hasText: `${family}_sketch` }) }).locator('.chart .role-mark :is(path:not([d=""]), line)').count();
  ok(marks >= 10, `${family}_sketch has its picture`, marks);
}

// The headline is about the roll-ups as they are stored, and its parts add up to it.
const stored = await page.evaluate(() => ({
  ...JSON.parse(document.getElementById('data').textContent).stored,
  title: document.title,
  share: document.querySelector('#facts dd').textContent,
  rows: [...document.querySelectorAll('#families tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent)),
}));
const ask = (sql) => execFileSync('psql', ['-XAtqv', 'ON_ERROR_STOP=1', '-c', sql], { encoding: 'utf8' }).trim();
ok(stored.sketches === Number(ask('SELECT sum(bytes) FROM rollup_status')) && stored.rows.length === 8, 'the bytes are those of the roll-ups', stored);
const [, figure, unit] = stored.title.match(/([\d.]+)\s([kM])B/);
ok(Math.abs(figure * { k: 1e3, M: 1e6 }[unit] / stored.sketches - 1) < 0.01, 'the title says how many there are in all', stored);
ok(Math.abs(parseFloat(stored.share) - 100 * stored.sketches / Number(ask(`SELECT pg_table_size('flights')`))) < 1, 'a fact says what part of the bytes of the rows they are', stored.share);
const megabytes = stored.rows.map(([, , bytes]) => Number(bytes));
ok(Math.abs(megabytes.slice(0, -1).reduce((sum, part) => sum + part, 0) - megabytes[7]) < 0.05 && Math.abs(megabytes[7] - stored.sketches / 1e6) < 0.01,
  'the bytes of each kind add up to all of them', megabytes);
ok(['quantile', 'distinct', 'frequency', 'topk', 'membership'].every((family) => stored.rows.some(([name, each]) => name.includes(`${family}_sketch`) && /\d/.test(each))),
  'each family has its bytes', stored.rows);

// What it costs to keep them, as it was measured.
const load = (await page.locator('#load-tells').textContent()).replaceAll('\u00a0', ' ');
ok(['2.5 times', '20,000 flights', '20 days', '250 ms with', '100 ms without', '7.5 microseconds', '30 ms went', '440 pieces'].every((words) => load.includes(words)),
  'the cost of the load is told', load);

// What a sketch estimates is said to be so: the first words of each sentence about the interval.
const sentence = (id) => page.locator(`#${id}-tells`).textContent();
ok((await page.locator('#delays-tells strong').allTextContents()).every((text) => text.startsWith('about ')), 'percentiles are said to be estimates', await sentence('delays'));
ok((await page.locator('#distribution-tells strong').allTextContents()).every((text) => /^about /i.test(text)), 'and the parts of a distribution', await sentence('distribution'));
const leaders = await page.evaluate(() => ['airports', 'routes'].map((kind) => JSON.parse(document.getElementById('data').textContent)[kind].find(([grain]) => grain === 'all'))
  .map(([, , , estimate, lower, upper]) => (lower === upper ? '' : 'about ') + estimate.toLocaleString('en-US')));
const told = await sentence('top');
ok(leaders.every((count) => told.includes(`with ${count} `)), 'and counts, unless their bounds are one number', [leaders, told]);
const words = await page.evaluate(() => [[4, 6], [5, 5]].map(([lower, upper]) => about({ estimate: 5, lower, upper })));
ok(String(words) === 'about 5,5', 'which is told by their bounds', words);

// What it is, how to have it, where to read on.
ok(/^sketch_ext is an extension of PostgreSQL/.test(await page.locator('.lede').first().textContent()), 'the page says what sketch_ext is');
ok(/make && sudo make install[^]*CREATE EXTENSION sketch_ext/.test(await page.locator('#install pre').textContent()), 'and how to install it');
ok(await page.locator('.lede a').getAttribute('href') === '#install', 'which is linked to from its first words');
const readme = new URL(await page.locator('#install a').getAttribute('href'), pathToFileURL(path));
ok(readme.pathname.endsWith('/README.md') && existsSync(readme), 'it links to the README of the source tree', readme.href);

const details = await page.locator('details').evaluateAll((all) => all.map((details) => [details.open, details.querySelectorAll('pre.sql').length]));
ok(details.length === (merges ? 12 : 11) && details.every(([opened, queries]) => !opened && queries === 1), 'the SQL of each picture is at hand, folded', details);
// Nothing but the flights is there when the first of it runs.
const sql = await page.locator('pre.sql').allTextContents();
let failed;
try {
  const input = ['DROP EXTENSION sketch_ext CASCADE;', ...sql].join('\n');
  execFileSync('psql', ['-Xqv', 'ON_ERROR_STOP=1'], { input, encoding: 'utf8', env: { ...process.env, PGOPTIONS: '-c client_min_messages=warning' }, stdio: ['pipe', 'pipe', 'pipe'] });
} catch (error) {
  failed = error.stderr ?? String(error);
}
ok(failed === undefined, 'all SQL that is shown runs, in the order of the page', failed);

// ---- what it merges by itself ----------------------------------------

// The answers of the page for [from, to), beside those of the database.
async function compareMerged(from, to) {
  await page.fill('#from', from);
  await page.fill('#to', to);
  await page.waitForSelector(`#any[data-drawn="${from} ${to}"]`);
  const { hours, days, p50, p90, p99, flights, counts, different, top } = await page.evaluate(([from, to]) => answerBetween(...[from, to].map((time) => Date.parse(`${time}Z`))), [from, to]);
  const found = [hours, days, flights, [p50, p90, p99], counts, different, top.map(({ item, estimate, lower, upper }) => [item, estimate, lower, upper])];
  const expected = JSON.parse(ask(`
    WITH hours AS (SELECT * FROM flights_hourly WHERE hour >= '${from}' AND hour + interval '1 hour' <= '${to}'),
    days AS (SELECT date_trunc('day', hour) AS day, merge(routes) AS routes, merge(top_airports ORDER BY hour) AS airports FROM flights_hourly GROUP BY 1
             HAVING date_trunc('day', hour) >= '${from}' AND date_trunc('day', hour) + interval '1 day' <= '${to}')
    SELECT json_build_array(n, (SELECT count(*) FROM days), total_count(s), percentiles(s, ARRAY[0.5, 0.9, 0.99]),
        (SELECT array_agg(count ORDER BY lower) FROM histogram(s, (SELECT array_agg(m) FROM generate_series(-30, 180, 5) AS m))),
        coalesce((SELECT distinct_count(merge(routes)) FROM days), 0),
        coalesce((SELECT json_agg(json_build_array(item, estimate, lower, upper) ORDER BY place)
                  FROM top_k((SELECT merge(airports ORDER BY day) FROM days), 10) WITH ORDINALITY AS t (item, estimate, lower, upper, place)), '[]'))
    FROM (SELECT merge(delay) AS s, count(*) AS n FROM hours) AS merged`));
  ok(JSON.stringify(found) === JSON.stringify(expected), `from ${from} to ${to}, the page and the database have the same answers`, [found, expected]);
}
if (merges) {
  for (const interval of [['2001-01-24T05:00', '2001-01-27T07:00'], ['2001-01-24T05:30', '2001-01-24T09:45'], ['2001-01-24T05:00', '2001-01-24T07:00'], ['2001-01-18T00:00', '2001-02-03T00:00'], ['2001-01-17T00:00', '2001-02-06T00:00']]) {
    await compareMerged(...interval);
  }
  const merged = () => page.locator('#any-merged').textContent();
  ok(/sketches of 477 whole hours .* of 20 whole days .* No server/.test(await merged()), 'it is told how many sketches were merged', await merged());
  await page.fill('#from', '2001-01-24T05:30');
  await page.fill('#to', '2001-01-24T05:45');
  await until(page, 'any-tells', 'No whole hour');
  ok(true, 'that no whole hour was chosen is said');
  await page.fill('#from', '2001-01-17T00:00');
  await page.fill('#to', '2001-01-16T00:00');
  await until(page, 'any-tells', 'The end is to come after the beginning');
  ok(true, 'an end before the beginning is said to be one');
  await page.locator('#from').focus();
  await page.fill('#to', '2001-01-24T07:00');
  await page.waitForSelector('#any[data-drawn="2001-01-17T00:00 2001-01-24T07:00"]');
  await page.locator('#to').focus();
  for (const key of ['ArrowUp', 'Tab', 'ArrowUp']) await page.keyboard.press(key);
  await page.waitForSelector('#any[data-drawn="2001-01-17T00:00 2001-02-25T07:00"]');
  ok(true, 'keys choose the times');
}

// ---- what it does ----------------------------------------

const before = { airports: await texts(page, 'airports'), routes: await shapes(page, 'routes', 'symbol'), delays: await shapes(page, 'delays', 'area'), bars: await shapes(page, 'distribution', 'rect') };
await choose(page, 'week');
await drawn(page, 'Week of 22 January 2001');
await until(page, 'delays-hint', 'One step an hour');
ok(String(await texts(page, 'airports')) !== String(before.airports), 'another interval has other top airports');
ok((await shapes(page, 'routes', 'symbol')) !== before.routes, 'another interval moves the points of the top routes');
ok((await shapes(page, 'distribution', 'rect')) !== before.bars, 'another interval has another distribution');
ok((await count(page, 'delays', 'rule')) === 168 - 4, 'a week shows its percentiles by the hour, but for those with few flights', await count(page, 'delays', 'rule'));

// From which hour to which each connected part of a path reaches, in a picture that is 24 hours wide: a part alone is measured.
const parts = (id, mark) => page.locator(`#${id} .mark-${mark}.role-mark path`).evaluateAll((paths) => paths.map((path) => {
  const width = path.closest('.role-frame').querySelector('path.background').getBBox().width;
  return path.getAttribute('d').split('M').slice(1).map((part) => {
    const alone = path.cloneNode();
    alone.setAttribute('d', `M${part}`);
    path.parentNode.append(alone);
    const { x, width: wide } = alone.getBBox();
    alone.remove();
    return [x, x + wide].map((at) => Math.round((2400 * at) / width) / 100);
  });
}));
await choose(page, 'day');
await page.selectOption('#chosen', { label: 'Wed 24 Jan' });
await drawn(page, 'Wed, 24 January 2001');
const runs = [[0, 1], [4, 5], [6, 24]]; // see flights.sql
for (const mark of ['area', 'line']) {
  const found = await parts('delays', mark);
  ok(found.length > 0 && found.every((path) => JSON.stringify(path) === JSON.stringify(runs)), `no ${mark} goes through hours with few flights or none`, found);
}
const gaps = await page.locator('#delays .mark-rect path').evaluateAll((rects) => rects.map((rect) => rect.getBBox().width > 0));
ok(gaps.length === 2 && gaps.every(Boolean), 'they are marked as empty', gaps);
ok(/fewer than 20 flights/.test(await page.locator('#delays-few').innerText()) && /fewer than 20 flights/.test(await page.locator('#delays-hint').innerText()), 'the page says which hours are empty');
ok((await count(page, 'delays', 'rule')) === 20, 'none of them has a point to read', await count(page, 'delays', 'rule'));
await page.selectOption('#chosen', { label: 'Thu 25 Jan' });
await drawn(page, 'Thu, 25 January 2001');
ok(JSON.stringify(await parts('delays', 'line')) === '[[[0,24]]]' && !(await page.locator('#delays-few').isVisible()), 'a day with enough flights has no gap', await parts('delays', 'line'));
const missing = await page.evaluate(() => daily(different.filter((row, i) => i !== 3)).map(({ estimate }) => estimate === undefined));
ok(missing.length === 20 && missing.every((empty, i) => empty === (i === 3)), 'a day without a row breaks the lines of days', missing);
await choose(page, 'week');
await drawn(page, 'Week of 22 January 2001');

const ofAirport = await shapes(page, 'frequency', 'line');
const pairs = await page.locator('#membership .mark-rect path').evaluateAll((cells) => cells.map((cell) => cell.getAttribute('fill')).join());
await page.selectOption('#airport', { index: 1 });
await until(page, 'frequency-tells', await page.locator('#airport').inputValue());
await page.waitForFunction((before) => document.querySelector('#frequency .mark-line path').getAttribute('transform') + document.querySelector('#frequency .mark-line path').getAttribute('d') !== before, ofAirport);
ok(true, 'another airport has another line');
await page.selectOption('#airport', 'XXX');
await until(page, 'frequency-tells', 'XXX had 0 departures');
ok(true, 'an airport that does not exist has no departures');

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
await page.locator('#grain').focus();
await page.keyboard.press('ArrowDown');
await drawn(page, 'Mon');
ok(true, 'keys choose the length of the interval');
ok((await page.locator('#membership .mark-rect path').evaluateAll((cells) => cells.map((cell) => cell.getAttribute('fill')).join())) !== pairs, 'a day has other routes than a week');

await choose(page, 'all');
await until(page, 'delays-hint', 'One step a day');
ok((await shapes(page, 'delays', 'area')) === before.delays, 'back to all flights');
await page.locator('#overview').evaluate((overview) => overview.scrollIntoView({ block: 'center' }));
const strip = await page.locator('#overview .role-frame > g > path.background').boundingBox();
await page.mouse.move(strip.x + strip.width * 0.3, strip.y + strip.height / 2);
await page.mouse.down();
await page.mouse.move(strip.x + strip.width * 0.5, strip.y + strip.height / 2, { steps: 5 });
await page.mouse.up();
await until(page, 'delays-hint', 'One step an hour');
ok((await shapes(page, 'delays', 'area')) !== before.delays, 'dragging in the strip shows its window');
if (merges) {
  await page.waitForFunction(() => document.getElementById('any').dataset.drawn.startsWith('2001-01-2'));
  ok(true, 'which is merged');
}

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
const day = await page.locator('#chosen').inputValue();
await page.emulateMedia({ colorScheme: 'dark' });
await page.waitForFunction((light) => document.querySelector('#bytes .mark-rect path')?.getAttribute('fill') !== light, light);
ok((await page.locator('#chosen').inputValue()) === day, 'a change to dark colours keeps the interval');
await page.close();

// ---- how it looks ----------------------------------------

for (const colorScheme of ['light', 'dark']) {
  for (const width of [360, 390, 1280]) {
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
        const controls = [...document.querySelectorAll('.interval :is(select, button)')].map((control) => control.getBoundingClientRect());
        const fields = boxes('figure select').filter(({ box }) => box.right > innerWidth - 24).map(({ text }) => text);
        scrollTo(0, document.documentElement.scrollHeight);
        const bar = document.querySelector('.interval').getBoundingClientRect();
        return { overflow: document.documentElement.scrollWidth - innerWidth, outside: [...outside, ...fields], overlap,
                 bar: bar.height, small: controls.filter(({ width, height }) => width < 36 || height < 36).length, controls: controls.length };
      });
      const percentiles = await count(narrow, 'delays', 'text');
      ok(percentiles === 3, `${view}, ${grain}: the percentiles have their names`, percentiles);
      ok(found.overflow <= 0, `${view}, ${grain}: nothing to scroll sideways`, found.overflow);
      ok(found.bar > 0 && found.bar <= 56, `${view}, ${grain}: the controls are one row of 56 pixels at most`, found.bar);
      ok(found.controls === 4 && found.small === 0, `${view}, ${grain}: and large enough for a finger`, found);
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
