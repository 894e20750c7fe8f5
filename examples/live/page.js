// The dashboard. What comes from events (hosts, routes, clients) may be anything: it gets into the page as text, never as markup.
'use strict';
const WINDOW = 300, COLUMN = 5, DECADE = 8, ROWS = 34; // seconds that are kept, and of a column of the heat map; its rows in each power of ten, and in all
const NAMES = ['p50', 'p90', 'p99'], DAY = 86400;
const $ = (id) => document.getElementById(id);
const secondOf = (time) => Date.parse(time) / 1000, iso = (second) => new Date(second * 1000).toISOString().slice(0, 19);
const clock = (second) => iso(second).slice(11), sum = (values) => values.reduce((total, value) => total + value, 0);
const digits = (n) => (value) => value.toLocaleString('en-US', { minimumSignificantDigits: n, maximumSignificantDigits: n });
const whole = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
const ms = (value, n = 3) => (value < 999.5 ? `${digits(n)(value)} ms` : `${(value < 1e6 ? digits(n) : whole)(value / 1000)} s`);
const ms4 = (value) => ms(value, 4), percent = (value) => (value == null ? '–' : `${(100 * value).toFixed(2)} %`);
const tell = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };

function range(lower, upper, format) {
  const [a, b] = [format(lower), format(upper)], unit = / \S+$/.exec(b)?.[0];
  return a === b ? b : `${unit && a.endsWith(unit) ? a.slice(0, -unit.length) : a}–${b}`;
}

function make(tag, attributes = {}, ...children) {
  const [name, svg] = tag.split(':').reverse();
  const element = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

async function ask(path, parameters, signal) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ''));
  const response = await fetch(`${path}?${query}`, { signal }).catch((error) => { throw signal?.aborted ? error : new Error('the server cannot be reached'); });
  const body = await response.json().catch(() => null);
  if (!response.ok || !body) throw new Error(body?.error ?? `the server answers with ${response.status}`);
  return body;
}

// ---- What is known of the last five minutes

const seconds = new Map(), columns = new Map(); // second: requests, percentiles, bins if it came live; first second of a column: bins that were fetched
const alerts = []; // the last ones, newest first
let latest = null, answered = null, missing = null, healed = 0, isFetching = false, knowsAlerts = false, reading = null, view = null;

// What is known of a second only grows: of two answers the one with more requests is the newer one.
function learn(second, news) {
  const known = seconds.get(second);
  if (!known || news.requests >= known.requests) seconds.set(second, { ...known, ...news });
}

function binsOf(triples) { // requests in each row of the heat map, of [lower, upper, requests]: the first is of up to 1 ms, the last of more than 10 s
  const bins = new Array(ROWS).fill(0), rowOf = (upper) => (Number.isFinite(upper) ? Math.min(Math.max(Math.round(DECADE * Math.log10(upper)), 0), ROWS - 1) : ROWS - 1);
  for (const [, upper, count] of triples ?? []) bins[rowOf(upper)] += count;
  return bins;
}

function binsAt(column) {
  const live = binsOf(), fetched = columns.get(column) ?? live;
  for (let second = column; second < column + COLUMN; second++) seconds.get(second)?.bins?.forEach((count, row) => { live[row] += count; });
  return sum(fetched) > sum(live) ? fetched : live;
}

async function catchUp(to) {
  const from = Math.max(missing, to - WINDOW), start = from - (from % COLUMN);
  isFetching = true;
  try {
    const [rows, bins, last] = await Promise.all([ask('percentiles', { from, to, step: '1s' }), ask('histogram', { from: start, to, step: `${COLUMN}s` }), ask('alerts', { limit: 30 })]);
    for (let i = 0; i < rows.length; i += NAMES.length) {
      learn(secondOf(rows[i].at), { requests: rows[i].requests, percentiles: rows.slice(i, i + NAMES.length).map(({ value }) => value) });
    }
    for (let column = start; column < to; column += COLUMN) {
      columns.set(column, binsOf(bins.filter(({ at }) => secondOf(at) === column).map(({ lower, upper, requests }) => [lower, upper, requests])));
    }
    for (const alert of last) takeAlert(alert, knowsAlerts);
    [knowsAlerts, missing] = [true, null];
    tell('trouble', '');
    draw();
  } catch (error) {
    tell('trouble', `What came before is missing: ${error.message}.`);
    await new Promise((resolve) => setTimeout(resolve, 5000));
  }
  isFetching = false;
}

function take(now) {
  const at = secondOf(now.at), isFirst = latest === null;
  answered = Date.now();
  if (at < latest) return; // the server had it in store
  for (const one of now.seconds ?? []) learn(secondOf(one.at), { requests: one.requests, percentiles: one.percentiles, bins: binsOf(one.histogram) });
  if (at - latest > 3) missing = Math.min(missing ?? at, latest ?? 0);
  if (at - healed >= 30) [missing, healed] = [Math.min(missing ?? at, at - 40), at]; // what came late
  latest = at;
  for (const known of [seconds, columns]) for (const second of known.keys()) if (second < at - WINDOW - COLUMN) known.delete(second);
  if (missing !== null && !isFetching) catchUp(at);
  show(now);
  draw();
  if (isFirst) choose('300');
}

function takeAlert(alert, isNews) {
  if (alerts.some(({ id }) => id === alert.id)) return;
  alerts.push(alert);
  alerts.sort((a, b) => b.id - a.id).splice(50);
  const cells = ({ at, state, rule, subject, value, above }) => [[{}, clock(secondOf(at))], [{ class: state }, `${state === 'firing' ? '▲' : '▽'} ${state}`],
    [{ class: 'cut', title: `${rule}: ${subject}` }, `${rule}: ${subject}`], [{ class: 'n' }, valueOf({ rule, value, above })]];
  $('alerts').tBodies[0].replaceChildren(...alerts.slice(0, 7).map((one) => make('tr', {}, ...cells(one).map((cell) => make('td', ...cell)))));
  if (isNews) say(`Alert ${alert.state}: ${alert.rule}, ${alert.subject} ${valueOf(alert)}`);
  if (isNews && alert.rule === 'new host') fillHosts();
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
    const silent = answered && Math.round((Date.now() - answered) / 1000), isLive = answered && silent < 4 && source.readyState === EventSource.OPEN;
    const state = isLive ? 'live' : 'lost';
    if ($('state').dataset.state !== state) say(isLive ? 'Live' : 'The connection is lost');
    $('state').dataset.state = state;
    tell('state', isLive ? `live, ${clock(latest)} UTC` : answered ? `reconnecting, last answer ${silent} s ago` : 'connecting');
    if (source.readyState !== EventSource.CLOSED && !(silent && silent % 20 === 0)) return;
    source.close(); // refused, or a line that is dead and does not know it
    clearInterval(watch);
    connect();
  }, 1000);
}

// ---- Numbers and tables

const VALUES = { slow: ms, 'heavy item': percent, 'many clients': (value) => `${digits(3)(value)} times`, 'new host': () => '' };
const valueOf = ({ rule, value, above }) => (value == null ? '' : [value, above].map((one) => (VALUES[rule] ?? digits(3))(one)).filter(Boolean).join(' > '));
const cellsOf = (texts) => texts.map((text) => make('td', { class: 'n' }, text));
const headOf = (...names) => make('thead', {}, make('tr', {}, ...names.map((name) => make('th', { scope: 'col', class: /Host|Measure|Route/.test(name) ? '' : 'n' }, name))));

function show(now) {
  const rates = Array.from({ length: 10 }, (_, i) => seconds.get(latest - 11 + i)?.requests ?? 0);
  tell('rate-now', `${whole(sum(rates) / 10)}/s`);
  tell('rate-note', `${whole(now.requests ?? 0)} in the last minute`);
  for (const [name, one, format] of [['clients', now.clients, whole], ...now.percentiles.map((one, i) => [NAMES[i], one, ms])]) {
    tell(`${name}-now`, one.value === null ? '–' : format(one.value));
    tell(`${name}-note`, one.value === null ? 'no requests' : `bounds ${range(one.lower, one.upper, format)}`);
  }
  showRoutes('routes', (now.routes ?? []).map((route) => ({ ...route, requests: route.estimate, total: now.total })));
  const lines = now.firing.slice(-4).map(({ rule, subject, since }) => make('li', {}, make('span', { class: 'cut', title: `${rule}: ${subject}` },
    make('b', {}, `▲ ${rule}: `), subject), make('span', { class: 'quiet n' }, `for ${whole(Math.max(0, latest - secondOf(since)))} s`)));
  if (now.firing.length > 4) lines.unshift(make('li', { class: 'quiet' }, `${now.firing.length - 4} more, for longer`));
  $('firing').replaceChildren(...(lines.length ? lines : [make('li', { class: 'quiet' }, 'nothing')]));
  document.title = `${now.firing.length ? `(${now.firing.length}) ` : ''}Traffic, live`;
}

function showRoutes(id, routes) { // a bar is solid up to the lower bound, and striped from there to the upper one
  const most = Math.max(1, ...routes.map(({ upper }) => upper));
  const rows = routes.map(({ item, requests, lower, upper, total }) => {
    const parts = [lower, upper - lower].map((count) => { const part = make('i'); part.style.width = `${(100 * count) / most}%`; return part; });
    return make('tr', {}, make('th', { scope: 'row' }, make('div', { class: 'cut', title: item }, item), make('div', { class: 'bar' }, ...parts)),
      ...cellsOf([whole(requests), range(lower, upper, whole), percent(requests / total)]));
  });
  $(id).replaceChildren($(id).caption, headOf('Route', 'Requests', 'Bounds', 'Share'), make('tbody', {}, ...rows));
}

const isOut = ({ exact, lower, upper }) => exact < lower || exact > upper;
function measureCells({ measure, exact, sketch, lower, upper, error }, withExact) {
  const format = measure.startsWith('p') ? ms4 : whole, show = (value) => (value == null ? '–' : format(value));
  const bounds = lower == null ? '–' : range(lower, upper, format), isWrong = withExact && isOut({ exact, lower, upper });
  const cells = cellsOf([...(withExact ? [show(exact)] : []), show(sketch), bounds + (isWrong ? ' ✗' : ''), ...(withExact ? [percent(error)] : [])]);
  if (isWrong) cells[2].classList.add('out');
  return [make('th', { scope: 'row' }, measure), ...cells];
}

// ---- Pictures

const STEPS = Array.from({ length: 60 }, (_, i) => [1, 2, 5][i % 3] * 10 ** (Math.floor(i / 3) - 2));
const log = (value) => Math.log10(Math.max(value, STEPS[0])), edge = (row) => 10 ** (row / DECADE);
const tick = (value) => (value >= 1000 ? `${+(value / 1000).toPrecision(2)} s` : `${+value.toPrecision(2)} ms`);
const rowName = (row) => (row === 0 ? 'up to 1 ms' : row === ROWS - 1 ? 'over 10 s' : range(edge(row - 1), edge(row), ms));

function draw() {
  if (latest === null || document.hidden) return;
  const width = $('band').clientWidth, isNarrow = width < 560, left = 46, right = width - (isNarrow ? 30 : 82), end = latest - 1, begin = end - WINDOW; // the last second is not whole
  const x = (second) => Math.min(Math.max(left + ((second - begin) / WINDOW) * (right - left), left), right), runs = [], known = [];
  for (let second = begin; second < end; second++) {
    const one = seconds.get(second) && { second, ...seconds.get(second) };
    if (one && known.at(-1)?.second !== second - 1) runs.push([]);
    if (one) [runs.at(-1), known].forEach((list) => list.push(one));
  }
  const bottom = (id) => $(id).getAttribute('height') - 18, line = (attributes) => make('svg:line', attributes), words = (attributes, text) => make('svg:text', attributes, text);
  const scale = (id, low, high) => (value) => 8 + (1 - (value - low) / (high - low)) * (bottom(id) - 8);
  const panel = (id, y, ticks, format, ...parts) => {
    const minutes = Array.from({ length: 6 }, (_, i) => (Math.ceil(begin / 60) + i) * 60).filter((minute) => minute <= end);
    $(id).replaceChildren(...ticks.flatMap((at) => [line({ class: 'grid', x1: left, x2: right, y1: y(at), y2: y(at) }), words({ class: 'end', x: left - 6, y: y(at) + 4 }, format(at))]),
      ...minutes.flatMap((at) => [line({ class: 'grid', x1: x(at), x2: x(at), y1: 8, y2: bottom(id) }), words({ class: 'middle', x: x(at), y: bottom(id) + 14 }, clock(at).slice(0, 5))]),
      ...parts, ...(reading ? [line({ class: 'cross', x1: x(reading.second + 0.5), x2: x(reading.second + 0.5), y1: 8, y2: bottom(id) })] : []));
  };

  const values = known.flatMap(({ percentiles }) => percentiles), low = STEPS.findLast((step) => step < Math.min(...values, 1e9)) ?? STEPS[0];
  const high = STEPS.find((step) => step > Math.max(...values, low)), ticks = STEPS.filter((step) => step >= low && step <= high);
  const yBand = scale('band', log(low), log(high)), y = (value) => yBand(log(value));
  const points = (run, i) => run.map(({ second, percentiles }) => `${x(second + 0.5).toFixed(1)} ${y(percentiles[i]).toFixed(1)}`);
  const area = (above, below) => runs.map((run) => `M${[...points(run, above), ...points(run, below).reverse()].join('L')}Z`).join('');
  const last = known.at(-1)?.percentiles ?? [], heights = last.map(y);
  if (last.length) [heights[0], heights[2]] = [Math.max(heights[0], heights[1] + 13), Math.min(heights[2], heights[1] - 13)]; // names that do not touch
  panel('band', y, ticks.length > 10 ? ticks.filter((step) => log(step) % 1 === 0) : ticks, tick,
    make('svg:path', { class: 'outer', d: area(2, 1) }), make('svg:path', { class: 'inner', d: area(1, 0) }),
    ...NAMES.map((name, i) => make('svg:path', { class: `line ${name}`, d: runs.map((run) => `M${points(run, i)[0]}h0L${points(run, i).join('L')}`).join('') })),
    ...heights.map((height, i) => words({ class: 'name', x: right + 6, y: height + 4 }, isNarrow ? NAMES[i] : `${NAMES[i]} ${ms(last[i])}`)),
    ...alerts.filter(({ at }) => secondOf(at) > begin).map(({ at, state }) => words({ class: 'mark', x: x(secondOf(at)), y: 14 }, state === 'firing' ? '▲' : '▽')));

  const heat = Array.from({ length: WINDOW / COLUMN + 1 }, (_, i) => begin - (begin % COLUMN) + i * COLUMN).map((column) => [column, binsAt(column)]);
  const used = [...binsOf().keys()].filter((row) => heat.some(([, bins]) => bins[row])), half = DECADE / 2, most = Math.max(1, ...heat.flatMap(([, bins]) => bins));
  const first = Math.floor(((used[0] ?? DECADE) - 1) / half) * half, top = Math.ceil((used.at(-1) ?? 2 * DECADE) / half) * half, yRow = scale('heat', first, top);
  const peak = Math.floor(2 * Math.log10(most) + 0.05); // colours change at 1, 3, 10, 30, ...: the last one is for the most, and the first one for all that are less
  const floors = [5, 4, 3, 2, 1, 0].map((i) => peak - i).map((n) => (n < 0 ? 0 : (n % 2 ? 3 : 1) * 10 ** Math.floor(n / 2)));
  const cell = (column, row, gap) => `M${x(column)} ${yRow(row) + gap}H${x(column + COLUMN) - gap}V${yRow(row - 1)}H${x(column)}Z`, cells = floors.map(() => '');
  for (const [column, bins] of heat) for (const row of used) if (bins[row]) cells[Math.max(floors.findLastIndex((floor) => bins[row] >= floor), 0)] += cell(column, row, 1);
  panel('heat', yRow, Array.from({ length: (top - first) / half + 1 }, (_, i) => first + i * half), (row) => tick(edge(row)),
    ...cells.map((d, i) => make('svg:path', { class: `l${i + 1}`, d })),
    ...(reading?.row == null ? [] : [make('svg:path', { class: 'cell', d: cell(reading.second - (reading.second % COLUMN), reading.row, 0) })]));
  const labels = floors.map((floor, i) => (i === 0 ? '1' : i === 5 ? `${whole(floor)}+` : floor > 1 ? whole(floor) : ''));
  if ($('legend').textContent !== labels.join('')) $('legend').replaceChildren(...labels.map((label, i) => make('li', {}, make('i', { class: `l${i + 1}` }), label)));

  const fastest = STEPS.find((step) => step >= Math.max(1, ...known.map(({ requests }) => requests))), yRate = scale('rate', 0, fastest);
  panel('rate', yRate, [0, fastest / 2, fastest], whole, make('svg:path', { class: 'bars',
    d: known.map(({ second, requests }) => `M${x(second)} ${yRate(0)}V${yRate(requests)}H${x(second + 0.8)}V${yRate(0)}Z`).join('') }));
  view = { x, begin, end, left, right, rowAt: (py) => first + Math.ceil((1 - (py - 8) / (bottom('heat') - 8)) * (top - first)) };
  Object.assign($('moment').style, { marginLeft: `${left - 8}px`, width: `${right - left + 16}px` });
  read();
}

// The values at the pointer, or at the slider.
function read() {
  const { x, begin, end, right } = view, box = $('reading'), slider = $('moment');
  if (reading && reading.second < begin) reading = null;
  box.hidden = !reading;
  slider.value = reading ? reading.second - end + 1 : 0;
  if (!reading) return;
  const one = seconds.get(reading.second), column = reading.second - (reading.second % COLUMN), bins = binsAt(column);
  const row = reading.row ?? bins.indexOf(Math.max(...bins)), lines = [[`${clock(reading.second)} UTC`, one ? `${whole(one.requests)}/s` : 'no requests']];
  if (one) lines.push(...[2, 1, 0].map((i) => [NAMES[i], ms(one.percentiles[i])]));
  lines.push([`${clock(column).slice(3)} to ${clock(column + COLUMN).slice(3)}`, `${whole(sum(bins))} requests`], [rowName(row), whole(bins[row] ?? 0)]);
  box.replaceChildren(...lines.map((line) => make('div', {}, ...line.map((text) => make('span', {}, text)))));
  slider.setAttribute('aria-valuetext', lines.map((line) => line.join(' ')).join(', '));
  const at = x(reading.second) + $('band').offsetLeft + parseFloat(getComputedStyle($('charts')).paddingLeft);
  Object.assign(box.style, { left: `${at > right / 2 ? at - 212 : at + 28}px`, top: `${reading.top ?? 40}px` });
}

function point(news) { // at nothing, where there are none
  reading = news && { row: null, ...news, second: Math.min(Math.max(news.second, view.begin), view.end - 1) };
  draw();
}
$('charts').addEventListener('pointermove', (event) => {
  const picture = event.target.closest('svg'), box = picture?.getBoundingClientRect();
  if (!view || event.target === $('moment')) return;
  point(picture && { second: Math.floor(view.begin + ((event.clientX - box.left - view.left) / (view.right - view.left)) * WINDOW),
    row: picture.id === 'heat' ? Math.min(Math.max(view.rowAt(event.clientY - box.top), 0), ROWS - 1) : null, top: event.clientY - $('charts').getBoundingClientRect().top + 16 });
});
$('charts').addEventListener('pointerleave', () => point(null));
$('moment').addEventListener('blur', () => point(null));
for (const kind of ['input', 'focus']) $('moment').addEventListener(kind, () => view && point({ second: view.end - 1 + Number($('moment').value), row: reading?.row ?? null }));
$('moment').addEventListener('keydown', (event) => {
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key], bins = reading && binsAt(reading.second - (reading.second % COLUMN));
  if (!step || !reading) return;
  event.preventDefault();
  point({ ...reading, row: Math.min(Math.max((reading.row ?? bins.indexOf(Math.max(...bins))) + step, 0), ROWS - 1) });
});

// ---- Any interval, and yesterday

async function timed(promises) {
  const begin = performance.now(), answers = await Promise.all(promises), took = performance.now() - begin;
  return { answers, took: ms(took, took < 100 ? 2 : 3) };
}

// Runs one job at a time of what can be asked again: the one before is not waited for.
const running = {};
async function run(id, job) {
  running[id]?.abort();
  const { signal } = (running[id] = new AbortController());
  $(id).setAttribute('aria-busy', true);
  tell(`${id}-trouble`, '');
  try {
    await job(signal);
  } catch (error) {
    if (signal.aborted) return;
    tell(`${id}-trouble`, `No answer: ${error.message}.`);
  }
  $(id).removeAttribute('aria-busy');
}

function answer(signal) {
  const form = $('ask').elements, interval = { from: form.from.value, to: form.to.value, host: form.host.value };
  ...
}
