// Uses the dashboard of a running system in a browser: page_test.mjs <browser> <url of the api> [directory for screenshots]
// GATEWAY: where events go to, for names with markup in them. ALERTS: seconds to wait for an alert to fire or clear.
import net from 'node:net';
import { chromium } from 'playwright-core';
const [executablePath, api, directory] = process.argv.slice(2), { GATEWAY, ALERTS } = process.env, { hostname, port } = new URL(api);
const sockets = new Set(), complaints = [], requests = []; // of the browser, through a proxy that can be cut
let number = 0, failures = 0, isCut = false;
function ok(condition, name, detail) {
  failures += !condition;
  console.log(`${condition ? 'ok' : 'not ok'} ${++number} - ${name}${condition || detail === undefined ? '' : `\n# ${JSON.stringify(detail)}`}`);
}
const proxy = net.createServer((near) => {
  const pair = [near, net.connect(port, hostname)];
  for (const socket of pair) sockets.add(socket.on('error', () => {}).on('close', () => pair.forEach((one) => sockets.delete(one.destroy()))));
  return isCut ? near.destroy() : near.pipe(pair[1]).pipe(near);
});
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${proxy.address().port}/`, browser = await chromium.launch({ executablePath });
const changes = (page, read, argument, timeout = 30_000) => page.waitForFunction(read, argument, { timeout }).then(() => true, () => false);
const says = (page, id, text, timeout) => changes(page, ([id, text]) => new RegExp(text).test(document.getElementById(id).textContent), [id, text], timeout);
async function open(options) {
  const page = await browser.newPage(options);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text())).on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url).then(() => page.waitForSelector('#measures tbody'));
  return page;
}
const page = await open({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' }), texts = (selector) => page.locator(selector).allTextContents();
const cells = (id) => page.locator(`#${id} tbody tr`).evaluateAll((lines) => lines.map((line) => [...line.cells].slice(-5).map((one) => one.textContent)));
const parts = (selector) => page.locator(selector).evaluateAll((paths) => paths.map((path) => path.getAttribute('d').split('M').length - 1));
ok(await says(page, 'state', '^live'), 'the page is live');
const isNew = (before) => document.querySelector('.tiles').textContent !== before;
ok(await changes(page, isNew, (await texts('.tiles'))[0], 3000), 'numbers change within three seconds');
ok((await texts('.tiles dd:nth-child(3)')).filter((text) => /^bounds \d/.test(text)).length === 4, 'percentiles and clients have bounds');
ok((await parts('#band :is(.p50, .p90, .p99, .area)')).every(Boolean), 'percentiles are drawn', await parts('#band path'));
ok((await parts('#heat .heat')).filter(Boolean).length > 2 && (await parts('#rate .bars'))[0] > 20, 'so are the heat map and the rates');
ok((await texts('#routes tbody th')).length && (await texts('#legend text')).join('').length > 3, 'there are routes, and a legend');
await page.hover('#heat', { position: { x: 700, y: 100 } });
ok(await says(page, 'reading', 'UTC.*p99[0-9.]+ m?s.*ms'), 'values can be read at the pointer');
for (const key of ['ArrowLeft', 'ArrowLeft']) await page.locator('#moment').press(key);
ok(/UTC.*p99 [\d.]+ m?s/.test(await page.locator('#moment').getAttribute('aria-valuetext')), 'and with keys');
const focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.name);
const tabTo = async (wanted) => { for (let i = 0; i < 40 && await focused() !== wanted; i++) await page.keyboard.press('Tab'); };
await tabTo('Last 5 min');
ok(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle) === 'solid', 'one sees where the focus is');
await page.keyboard.press('Enter').then(() => tabTo('exact')).then(() => page.keyboard.press('Space'));
ok(await says(page, 'any-note', 'The exact answer took'), 'keys choose an interval and the exact answer');
const rows = await cells('measures'), errors = (some) => some.filter(([measure]) => /^p\d/.test(measure)).map((row) => parseFloat(row.at(-1)));
ok(errors(rows).length === 3 && rows.every(([measure, , , bounds]) => measure === 'clients' || !/✗/.test(bounds)), 'it is within the bounds', rows);
await page.fill('[name=from]', '2099-01-01T00:00').then(() => page.click('[type=submit]'));
ok(await says(page, 'any-trouble', 'must be before'), 'what is wrong is said');
await page.click('nav a[href="#yesterday"]');
const isCompared = await says(page, 'yesterday-note', 'largest error', 60_000), days = errors(await cells('days'));
ok(isCompared && days.length >= 6 && days.every((error) => error < 2.5), 'percentiles of yesterday are within 2.5 %', days);
if (ALERTS) ok(await says(page, 'said', 'Alert (firing|cleared)', 1000 * ALERTS), 'an alert is announced');
const [before] = await parts('#band .p99'), isWhole = (most) => document.querySelector('#band .p99').getAttribute('d').split('M').length - 1 <= most;
sockets.forEach((socket) => socket.destroy(isCut = true));
ok(await says(page, 'state', 'reconnecting, last answer ([6-9]|1[0-9]) s ago'), 'a lost connection is told');
isCut = false;
ok(await says(page, 'state', '^live') && await changes(page, isWhole, before), 'and found again, without a gap');
function looks() { // how far it can be scrolled sideways, texts that WCAG finds hard to see on their ground, and those that leave their cell or picture
  const values = (color) => color.match(/[\d.]+/g).map(Number), linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = (color) => values(color).slice(0, 3).map((c) => linear(c / 255)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0.05);
  const groundOf = (one) => (values(getComputedStyle(one).backgroundColor)[3] === 0 ? groundOf(one.parentElement) : getComputedStyle(one).backgroundColor);
  const hasText = (one) => one.getClientRects().length && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const pairOf = (one) => [getComputedStyle(one)[one.matches('text') ? 'fill' : 'color'], groundOf(one)].map(light).sort((a, b) => a - b);
  const all = [...document.querySelectorAll('body *')].filter(hasText), faint = all.filter((one) => pairOf(one)[1] / pairOf(one)[0] < 4.5);
  const boxOf = (one, range = document.createRange()) => (range.selectNodeContents(one), range.getBoundingClientRect());
  const leaves = (one, { left, right } = one.closest('svg, td, th, dd, body').getBoundingClientRect()) => boxOf(one).left < left - 1 || boxOf(one).right > right + 1;
  const out = all.filter((one) => !one.closest('.cut, .unseen') && leaves(one));
  return [Math.max(0, document.documentElement.scrollWidth - innerWidth), ...[...faint, ...out].map((one) => one.textContent)];
}
const rates = [], rateOf = (from) => from.locator('#rate-now').textContent().then((text) => parseFloat(text.replaceAll(',', '')));
for (const [colorScheme, width, height] of [['light', 1280, 900], ['light', 768, 900], ['light', 390, 844], ['dark', 1280, 900], ['dark', 390, 844]]) {
  const view = await open({ viewport: { width, height }, colorScheme }), found = await view.evaluate(looks);
  rates.push([await rateOf(view), await rateOf(page)]);
  ok(found.join() === '0', `${width} pixels, ${colorScheme}: nothing to scroll sideways, text stays in its place, and has a contrast of 4.5`, found);
  if (directory) await view.screenshot({ path: `${directory}/${width}-${colorScheme}.png` });
}
ok(rates.every(([fresh, known]) => fresh > known / 2 && fresh < known * 2), 'a page that was just opened tells the rate of one that was open', rates);
if (GATEWAY) {
  const event = { host: '<b id=h>host', route: '<img src=x onerror=a()>', client: '<i id=c>c', ms: 20, at: Math.floor(Date.now() / 1000) - 5 };
  const body = JSON.stringify(Array(20_000).fill(event)), drawn = (least) => document.querySelector('#band .p99').getAttribute('d').split('L').length > least;
  const before = (await page.locator('#band .p99').getAttribute('d')).split('L').length;
  for (const _ of '12345678') await fetch(`${GATEWAY}/events`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  await page.reload();
  const isText = await says(page, 'routes', '<img src') && await says(page, 'ask', '<b id=h>host');
  ok(isText && !await page.locator('main img, #h, #c').count(), 'markup in names is text');
  ok(await changes(page, drawn, before / 2), 'a burst does not hide what came before it', before);
}
ok(requests.every((request) => request.startsWith(url) || request.startsWith('data:')), 'no request leaves the server', requests);
const unexpected = complaints.filter((text) => !/400 \(Bad Request\)|net::ERR_/.test(text)); // those are of what was wrong, and of the cut
ok(unexpected.length === 0, 'the browser has nothing to complain about', unexpected);
console.log(`1..${number}`);
await browser.close().then(() => process.exit(failures ? 1 : 0));
