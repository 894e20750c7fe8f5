// The dashboard. What comes from events (hosts, routes, clients) may be anything: it gets into the page as text, never as markup.
'use strict';
const WINDOW = 300, COLUMN = 5, DECADE = 8, ROWS = 34, DAY = 86400; // seconds kept, and of a column of the heat map; its rows in a power of ten, and in all
const NAMES = ['p50', 'p90', 'p99'], STEPS = Array.from({ length: 60 }, (_, i) => [1, 2, 5][i % 3] * 10 ** (Math.floor(i / 3) - 2));
const seconds = new Map(), columns = new Map(), alerts = []; // second: requests, percentiles, and bins, if it came live; start of a column: its bins, fetched
let latest = null, answered = null, missing = null, healed = 0, isFetching = false, knowsAlerts = false, reading = null, view = null;

const $ = (id) => document.getElementById(id), on = (id, kind, act) => $(id).addEventListener(kind, act);
const tell = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };
const secondOf = (time) => Date.parse(time) / 1000, iso = (second) => new Date(second * 1000).toISOString().slice(0, 19);
const clock = (second) => iso(second).slice(11), columnOf = (second) => second - (second % COLUMN), natural = new Intl.Collator('en', { numeric: true }).compare;
const sum = (values) => values.reduce((total, value) => total + value, 0), clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const digits = (n) => (value) => value.toLocaleString('en-US', { minimumSignificantDigits: n, maximumSignificantDigits: n });
const whole = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
const percent = (value) => (value == null ? '–' : `${(100 * value).toFixed(2)} %`);
const ms = (value, n = 3) => (value < 999.5 ? `${digits(n)(value)} ms` : `${(value < 1e6 ? digits(n) : whole)(value / 1000)} s`);
const age = (s) => (s < 120 ? `${s} s` : s < 7200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`);
function range(lower, upper, format) { // 1.2–1.3 s
  const [a, b] = [format(lower), format(upper)], unit = / \S+$/.exec(b)?.[0];
  return a === b ? b : `${unit && a.endsWith(unit) ? a.slice(0, -unit.length) : a}–${b}`;
}

function make(tag, attributes, ...children) {
  const element = document.createElementNS(`http://www.w3.org/${/^(line|path|text)$/.test(tag) ? '2000/svg' : '1999/xhtml'}`, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
const cell = (text, name = '', title = '') => make('td', { class: name, title }, text), row = (...cells) => make('tr', {}, ...cells), body = (...rows) => make('tbody', {}, ...rows);
const table = (id, names, ...bodies) => $(id).replaceChildren($(id).caption, make('thead', {}, row(...names.map((name) => make('th', { scope: 'col' }, name)))), ...bodies);

async function ask(path, parameters = {}, signal) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ''));
  const response = await fetch(`${path}?${query}`, { signal }).catch((error) => { throw signal?.aborted ? error : new Error('the server cannot be reached'); });
  const answer = await response.json().catch(() => null);
  if (!response.ok || !answer) throw new Error(answer?.error ?? `the server answers with ${response.status}`);
  return answer;
}

// ---- What is known of the last five minutes

function learn(second, news) { // of a second more gets known, never less
  if (news.requests >= (seconds.get(second)?.requests ?? 0)) seconds.set(second, { ...seconds.get(second), ...news });
}
function binsOf(parts = []) { // requests in each row of the heat map, of [lower, upper, requests]: the first is of up to 1 ms, the last of more than 10 s
  const bins = new Array(ROWS).fill(0);
  for (const [, upper, count] of parts) bins[Number.isFinite(upper) ? clamp(Math.round(DECADE * Math.log10(upper)), 0, ROWS - 1) : ROWS - 1] += count;
  return bins;
}
function binsAt(second) {
  const start = columnOf(second), live = binsOf(), fetched = columns.get(start) ?? live;
  for (let i = 0; i < COLUMN; i++) seconds.get(start + i)?.bins?.forEach((count, row) => { live[row] += count; });
  return sum(fetched) > sum(live) ? fetched : live;
}

async function catchUp(to) {
  const from = Math.max(missing, to - WINDOW), start = columnOf(from);
  [isFetching, missing] = [true, null];
  try {
    const [rows, bins, last, hosts] = await Promise.all([ask('percentiles', { from, to, step: '1s' }), ask('histogram', { from: start, to, step: `${COLUMN}s` }),
      ask('alerts', { limit: 30 }), ask('hosts')]);
    rows.forEach(({ at, requests }, i) => i % 3 || learn(secondOf(at), { requests, percentiles: rows.slice(i, i + 3).map(({ value }) => value) }));
    for (let at = start; at < to; at += COLUMN) columns.set(at, binsOf(bins.filter((bin) => secondOf(bin.at) === at).map((bin) => [bin.lower, bin.upper, bin.requests])));
    last.forEach((alert) => takeAlert(alert, knowsAlerts));
    knowsAlerts = true;
    fillHosts(hosts.map(({ host }) => host).sort(natural));
    tell('live-trouble', '');
    draw();
  } catch (error) {
    tell('live-trouble', `What came before is missing: ${error.message}. It is asked for again.`);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    missing = Math.min(missing ?? from, from);
  }
  isFetching = false;
}

function take(now) {
  const at = secondOf(now.at), isFirst = latest === null;
  answered = Date.now();
  if (at < latest) return; // the server had it in store
  for (const { at: second, requests, percentiles, histogram } of now.seconds ?? []) learn(secondOf(second), { requests, percentiles, bins: binsOf(histogram) });
  if (at - latest > 3) missing = Math.min(missing ?? at, latest ?? 0);
  if (at - healed >= 30) [missing, healed] = [Math.min(missing ?? at, at - 40), at]; // what came late
  latest = at;
  for (const known of [seconds, columns]) for (const second of known.keys()) if (second < at - WINDOW - COLUMN) known.delete(second);
  if (missing !== null && !isFetching) catchUp(at);
  show(now);
  draw();
  if (isFirst) choose(WINDOW);
}

const VALUES = { slow: ms, 'heavy item': percent, 'many clients': (value) => `${digits(3)(value)} times`, 'new host': () => '' };
const valueOf = ({ rule, value, above }) => (value == null ? '' : [value, above].map((one) => (VALUES[rule] ?? digits(3))(one)).filter(Boolean).join(' > '));
function takeAlert(alert, isNews) {
  if (alerts.some(({ id }) => id === alert.id)) return;
  alerts.push(alert);
  alerts.sort((a, b) => b.id - a.id).splice(50);
  table('alerts', ['UTC', 'State', 'Rule, subject', 'Value'], body(...alerts.slice(0, 7).map((one) => row(cell(clock(secondOf(one.at))),
    cell(`${one.state === 'firing' ? '▲' : '▽'} ${one.state}`, one.state), cell(`${one.rule}: ${one.subject}`, 'cut', one.subject), cell(valueOf(one))))));
  if (isNews) say(`Alert ${alert.state}: ${alert.rule}, ${alert.subject} ${valueOf(alert)}`);
}
function say(text) { // to those who listen
  $('said').append(make('p', {}, text));
  while ($('said').children.length > 5) $('said').firstChild.remove();
}

function connect() {
  const source = new EventSource('live');
  source.addEventListener('now', (event) => take(JSON.parse(event.data)));
  source.addEventListener('alert', (event) => takeAlert(JSON.parse(event.data), true));
  const watch = setInterval(() => {
    const silent = answered && Math.round((Date.now() - answered) / 1000), state = answered && silent < 4 && source.readyState === EventSource.OPEN ? 'live' : 'lost';
    if (state !== $('state').className) say(state === 'live' ? 'Live' : 'The connection is lost');
    $('state').className = state;
    tell('state', state === 'live' ? `live, ${clock(latest)} UTC` : answered ? `reconnecting, last answer ${silent} s ago` : 'connecting');
    if (source.readyState !== EventSource.CLOSED && !(silent && silent % 20 === 0)) return;
    source.close(); // refused, or a line that is dead and does not know it
    clearInterval(watch);
    connect();
  }, 1000);
}

// ---- Numbers and tables

function show({ requests, clients, percentiles, routes, total, firing }) {
  tell('rate-now', `${whole(sum([2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((ago) => seconds.get(latest - ago)?.requests ?? 0)) / 10)}/s`);
  tell('rate-note', `${whole(requests ?? 0)} in the last minute`);
  for (const [name, { value, lower, upper }, format] of [['clients', clients, whole], ...percentiles.map((one, i) => [NAMES[i], one, ms])]) {
    tell(`${name}-now`, value === null ? '–' : format(value));
    tell(`${name}-note`, value === null ? 'no requests' : `bounds ${range(lower, upper, format)}`);
  }
  showRoutes('routes', (routes ?? []).map((route) => ({ ...route, requests: route.estimate, total })));
  const lines = firing.slice(-4).map(({ rule, subject, since }) => [make('b', { class: 'firing' }, `▲ ${rule}: `), subject, ` for ${age(Math.max(0, Math.round(latest - secondOf(since))))}`]);
  if (firing.length > 4 || !firing.length) lines.unshift([firing.length ? `${firing.length - 4} more, for longer` : 'nothing']);
  $('firing').replaceChildren(...lines.map((parts) => make('li', { class: 'cut' }, ...parts)));
  document.title = `${firing.length ? `(${firing.length}) ` : ''}Traffic, live`;
}

function showRoutes(id, routes) { // a bar is solid up to the lower bound, and striped from there to the upper one
  const most = Math.max(1, ...routes.map(({ upper }) => upper));
  table(id, ['Route', 'Requests', 'Bounds', 'Share'], body(...routes.map(({ item, requests, lower, upper, total }) => {
    const bar = make('div', { class: 'bar' }, make('i', {}), make('i', {}));
    [lower, upper - lower].forEach((count, i) => { bar.children[i].style.width = `${(100 * count) / most}%`; });
    return row(make('th', { scope: 'row' }, make('div', { class: 'cut', title: item }, item), bar), ...[whole(requests), lower === upper ? 'exact' : range(lower, upper, whole),
      percent(requests / total)].map((text) => cell(text)));
  })));
}

const isOut = ({ exact, lower, upper }) => exact < lower || exact > upper;
function measureRow({ measure, exact, sketch, lower, upper, error }, ...before) { // without "exact" there is no error, either
  const format = (value) => (value == null ? '–' : measure.startsWith('p') ? ms(value, 4) : whole(value)), out = isOut({ exact, lower, upper });
  const texts = [format(sketch), `${out ? '✗ ' : ''}${range(lower, upper, format)}`];
  return row(...before, make('th', { scope: 'row' }, measure), ...(exact === undefined ? texts : [format(exact), ...texts, percent(error)]).map((text) => cell(text, out ? 'out' : '')));
}

// ---- Pictures

const log = (value) => Math.log10(Math.max(value, STEPS[0])), edge = (row) => 10 ** (row / DECADE), fullest = (bins) => bins.indexOf(Math.max(...bins));
const tick = (value) => (value >= 1000 ? `${+(value / 1000).toPrecision(2)} s` : `${+value.toPrecision(2)} ms`);
const rowName = (row) => (row === 0 ? 'up to 1 ms' : row === ROWS - 1 ? 'over 10 s' : range(edge(row - 1), edge(row), ms));
const shape = (name, d) => make('path', { class: name, d }), bottom = (id) => $(id).getAttribute('height') - 18;
const line = (name, x1, x2, y1, y2) => make('line', { class: name, x1, x2, y1, y2 }), words = (name, x, y, text) => make('text', { class: name, x, y }, text);

function draw() {
  if (latest === null || document.hidden) return;
  const width = $('band').clientWidth, isNarrow = width < 560, left = 46, right = width - (isNarrow ? 30 : 82), end = latest - 1, begin = end - WINDOW; // whole seconds
  const x = (second) => clamp(left + ((second - begin) / WINDOW) * (right - left), left, right);
  const scale = (id, low, high) => (value) => 8 + (1 - (value - low) / (high - low)) * (bottom(id) - 8);
  const minutes = [0, 1, 2, 3, 4, 5].map((i) => (Math.ceil(begin / 60) + i) * 60).filter((minute) => minute <= end);
  const panel = (id, y, ticks, format, ...shapes) => $(id).replaceChildren(
    ...ticks.flatMap((at) => [line('grid', left, right, y(at), y(at)), words('end', left - 6, y(at) + 4, format(at))]),
    ...minutes.flatMap((at) => [line('grid', x(at), x(at), 8, bottom(id)), words('', x(at), bottom(id) + 14, clock(at).slice(0, 5))]),
    ...shapes, ...(reading ? [line('cross', x(reading.second + 0.5), x(reading.second + 0.5), 8, bottom(id))] : []));

  const known = Array.from({ length: WINDOW }, (_, i) => ({ second: begin + i, ...seconds.get(begin + i) })).filter(({ requests }) => requests), runs = [];
  known.forEach((one, i) => (one.second - 1 === known[i - 1]?.second ? runs.at(-1).push(one) : runs.push([one]))); // lines end where nothing is known
  const values = known.flatMap(({ percentiles }) => percentiles), low = STEPS.findLast((step) => step < Math.min(...values, 1e9)) ?? STEPS[0];
  const high = STEPS.find((step) => step > Math.max(...values, low)), ticks = STEPS.filter((step) => step >= low && step <= high);
  const yLog = scale('band', log(low), log(high)), y = (value) => yLog(log(value)), last = known.at(-1)?.percentiles ?? [], heights = last.map(y);
  const points = (run, i) => run.map(({ second, percentiles }) => `${x(second + 0.5).toFixed(1)} ${y(percentiles[i]).toFixed(1)}`);
  const area = (i) => shape('band', runs.map((run) => `M${[...points(run, i), ...points(run, 0).reverse()].join('L')}Z`).join(''));
  if (last.length) [heights[0], heights[2]] = [Math.max(heights[0], heights[1] + 13), Math.min(heights[2], heights[1] - 13)]; // names do not touch
  panel('band', y, ticks.length > 10 ? ticks.filter((step) => log(step) % 1 === 0) : ticks, tick, area(2), area(1),
    ...NAMES.map((name, i) => shape(`line ${name}`, runs.map((run) => `M${points(run, i)[0]}h0L${points(run, i).join('L')}`).join(''))),
    ...heights.map((height, i) => words('name', right + 6, height + 4, isNarrow ? NAMES[i] : `${NAMES[i]} ${ms(last[i])}`)),
    ...alerts.filter(({ at }) => secondOf(at) > begin).map(({ at, state }) => words('mark', x(secondOf(at)), 14, state === 'firing' ? '▲' : '▽')));

  const heat = Array.from({ length: WINDOW / COLUMN + 1 }, (_, i) => columnOf(begin) + i * COLUMN).map((column) => [column, binsAt(column)]), half = DECADE / 2;
  const used = [...binsOf().keys()].filter((row) => heat.some(([, bins]) => bins[row])), most = Math.max(1, ...heat.flatMap(([, bins]) => bins));
  const first = Math.floor(((used[0] ?? DECADE) - 1) / half) * half, top = Math.ceil((used.at(-1) ?? 2 * DECADE) / half) * half, yRow = scale('heat', first, top);
  const peak = Math.floor(2 * Math.log10(most) + 0.05); // colours begin at 1, 3, 10, 30, ...: the last one at the most of these that is reached
  const floors = [5, 4, 3, 2, 1, 0].map((i) => peak - i).map((n) => (n < 0 ? 0 : (n % 2 ? 3 : 1) * 10 ** Math.floor(n / 2))), cells = floors.map(() => '');
  const box = (column, row, gap) => `M${x(column)} ${yRow(row) + gap}H${x(column + COLUMN) - gap}V${yRow(row - 1)}H${x(column)}Z`;
  for (const [column, bins] of heat) for (const row of used) if (bins[row]) cells[Math.max(floors.findLastIndex((floor) => bins[row] >= floor), 0)] += box(column, row, 1);
  panel('heat', yRow, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => first + i * half).filter((row) => row <= top), (row) => tick(edge(row)),
    ...cells.map((d, i) => shape(`l${i + 1}`, d)), ...(reading?.row == null ? [] : [shape('cell', box(columnOf(reading.second), reading.row, 0))]));
  $('legend').replaceChildren(...floors.map((floor, i) => make('li', {}, make('i', { class: `l${i + 1}` }), i === 0 ? '1' : floor > 1 ? `${whole(floor)}${i === 5 ? '+' : ''}` : '')));

  const fastest = STEPS.find((step) => step >= Math.max(1, ...known.map(({ requests }) => requests))), yRate = scale('rate', 0, fastest);
  panel('rate', yRate, [0, fastest / 2, fastest], whole,
    shape('bars', known.map(({ second, requests }) => `M${x(second)} ${yRate(0)}V${yRate(requests)}H${x(second + 0.8)}V${yRate(0)}Z`).join('')));
  const across = (px, from, to) => (px - from) / (to - from);
  view = { begin, end, x, right, secondAt: (px) => Math.floor(begin + WINDOW * across(px, left, right)), rowAt: (py) => first + Math.ceil((top - first) * across(py, bottom('heat'), 8)) };
  Object.assign($('moment').style, { marginLeft: `${left - 8}px`, width: `${right - left + 16}px` });
  read();
}

function read() { // the values at the pointer, or at the slider
  if (reading?.second < view.begin) reading = null;
  $('reading').hidden = !reading;
  $('moment').value = reading ? reading.second - view.end + 1 : 0;
  if (!reading) return;
  const { second, top = 40 } = reading, one = seconds.get(second), bins = binsAt(second), row = reading.row ?? fullest(bins), start = columnOf(second), at = view.x(second);
  const lines = [[`${clock(second)} UTC`, one ? `${whole(one.requests)}/s` : 'no requests'], ...(one ? [2, 1, 0].map((i) => [NAMES[i], ms(one.percentiles[i])]) : []),
    [`${clock(start).slice(3)} to ${clock(start + COLUMN).slice(3)}`, whole(sum(bins))], [rowName(row), whole(bins[row])]];
  $('reading').replaceChildren(...lines.map((texts) => make('div', {}, ...texts.map((text) => make('span', {}, text)))));
  $('moment').setAttribute('aria-valuetext', lines.map((texts) => texts.join(' ')).join(', '));
  Object.assign($('reading').style, { left: `${Math.max(4, at > view.right / 2 ? at - 204 : at + 34)}px`, top: `${top}px` });
}
function point(news) {
  if (!view) return;
  reading = news && { ...news, second: clamp(news.second, view.begin, view.end - 1), row: news.row == null ? null : clamp(news.row, 0, ROWS - 1) };
  draw();
}
on('charts', 'pointermove', ({ target, clientX, clientY }) => {
  const picture = target.closest('svg'), box = picture?.getBoundingClientRect(), top = clientY - $('charts').getBoundingClientRect().top + 16;
  if (view && target !== $('moment')) point(picture && { second: view.secondAt(clientX - box.left), row: picture.id === 'heat' ? view.rowAt(clientY - box.top) : null, top });
});
for (const [id, kind] of [['charts', 'pointerleave'], ['moment', 'blur']]) on(id, kind, () => point(null));
for (const kind of ['input', 'focus']) on('moment', kind, () => point({ second: view?.end - 1 + Number($('moment').value), row: reading?.row }));
on('moment', 'keydown', (event) => {
  const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (up) event.preventDefault();
  if (up && reading) point({ ...reading, row: (reading.row ?? fullest(binsAt(reading.second))) + up });
});

// ---- Any interval, and yesterday

const jobs = {}; // what is asked again is not waited for any more
async function run(id, job) {
  jobs[id]?.abort();
  const { signal } = (jobs[id] = new AbortController());
  const timed = async (...calls) => { // the answers, and the milliseconds that they took
    const begin = performance.now(), answers = await Promise.all(calls.map(([path, parameters]) => ask(path, parameters, signal)));
    return [...answers, performance.now() - begin];
  };
  $(id).setAttribute('aria-busy', true);
  tell(`${id}-trouble`, '');
  await job(timed).catch((error) => signal.aborted || tell(`${id}-trouble`, `No answer: ${error.message}.`));
  if (!signal.aborted) $(id).removeAttribute('aria-busy');
}
const times = (took, exactly) => `The exact answer took ${ms(exactly)}, the sketches ${ms(took)}: ${digits(2)(exactly / took)} times as fast.`;

on('ask', 'submit', (event) => {
  event.preventDefault();
  const { from, to, host, exact } = $('ask').elements, asked = { from: from.value, to: to.value, host: host.value };
  run('any', async (timed) => {
    const [percentiles, [clients], routes, took] = await timed(['percentiles', asked], ['distinct', asked], ['top', { ...asked, k: 8 }]);
    const [compared, exactly] = exact.checked ? await timed(['exact', asked]) : [];
    const { requests = 0, at = asked.from } = percentiles[0] ?? {}, short = (time) => time.slice(0, 19).replace('T', ' ');
    const rows = compared ?? [{ measure: 'requests', sketch: requests, lower: requests, upper: requests },
      ...percentiles.map((one, i) => ({ ...one, measure: NAMES[i], sketch: one.value })), ...(clients ? [{ ...clients, measure: 'clients', sketch: clients.clients }] : [])];
    const speed = compared ? times(took, exactly) : `The sketches took ${ms(took)}.`;
    tell('any-note', `${whole(requests)} requests from ${short(at)} to ${short(asked.to)} UTC, ${asked.host || 'all hosts'}. ${speed}`);
    table('measures', ['Measure', ...(compared ? ['Exact', 'Sketch', 'Bounds', 'Error'] : ['Sketch', 'Bounds'])], body(...rows.map((one) => measureRow(one))));
    showRoutes('answer-routes', routes);
    $('answer').hidden = false;
  });
});

function days() {
  const now = latest ?? Math.floor(Date.now() / 1000), today = now - (now % DAY);
  return { now, today, before: today - DAY };
}
function choose(which) {
  const { now, today, before } = days(), { from, to } = $('ask').elements;
  [from.value, to.value] = ({ today: [today, now], yesterday: [before, today] }[which] ?? [now - which, now]).map(iso);
  $('ask').requestSubmit();
}
for (const button of document.querySelectorAll('fieldset button')) button.addEventListener('click', () => choose(button.value));
$('ask').elements.exact.addEventListener('change', () => $('ask').requestSubmit());

function fillHosts(hosts) {
  const select = $('ask').elements.host, chosen = select.value;
  if (select === document.activeElement || hosts.length === select.length - 1) return;
  select.replaceChildren(select[0], ...hosts.map((host) => make('option', { value: host }, host)));
  select.value = chosen;
}

function compareYesterday() {
  const { today, before } = days(), all = { from: iso(before), to: iso(today) }, each = { ...all, by: 'host' };
  run('yesterday', async (timed) => {
    const [, , took] = await timed(['percentiles', each], ['distinct', each]), [rows, exactly] = await timed(['exact', each]), [total] = await timed(['exact', all]);
    rows.sort((a, b) => natural(a.by_host, b.by_host)).unshift(...total.map((one) => ({ ...one, by_host: 'all hosts' })));
    const hosts = new Map();
    for (const one of rows) hosts.set(one.by_host, [...(hosts.get(one.by_host) ?? []), one]);
    const worst = (test, what) => {
      const some = rows.filter(({ measure }) => test.test(measure)), one = some.reduce((a, b) => (b.error > a.error ? b : a)), good = some.filter((row) => !isOut(row)).length;
      return `The largest error of ${what} is ${percent(one.error)} (${one.measure} of ${one.by_host}); ${good} of ${some.length} lie within their bounds.`;
    };
    tell('yesterday-note', rows.length === 0 ? 'Of yesterday there are no events.' : [`${all.from.slice(0, 10)}, UTC.`, worst(/^p/, 'a percentile'), worst(/^c/, 'distinct clients'),
      'Bounds of clients are for 95 %, the others always hold.', times(took, exactly)].join(' '));
    table('days', ['Host', 'Measure', 'Exact', 'Sketch', 'Bounds', 'Error'], ...[...hosts].map(([host, some]) =>
      body(...some.map((one, i) => measureRow(one, ...(i ? [] : [make('th', { scope: 'rowgroup', rowspan: some.length }, host)]))))));
  });
}
on('again', 'click', compareYesterday);
new IntersectionObserver(([{ isIntersecting }], observer) => { // when it is looked at, once: it is slow
  if (isIntersecting) compareYesterday();
  if (isIntersecting) observer.disconnect();
}).observe($('yesterday'));

window.addEventListener('resize', draw);
document.addEventListener('visibilitychange', draw);
connect();
