// The dashboard. What comes from events (hosts, routes, clients) may be anything: it gets into the page as text, never as markup.
'use strict';
const WINDOW = 300, COLUMN = 5, DECADE = 8, ROWS = 34, DAY = 86400; // seconds kept, and of a column of the heat map; its rows in a power of ten, and in all
const NAMES = ['p50', 'p90', 'p99'], STEPS = Array.from({ length: 60 }, (_, i) => [1, 2, 5][i % 3] * 10 ** (Math.floor(i / 3) - 2));
const $ = (id) => document.getElementById(id), tell = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };
const secondOf = (time) => Date.parse(time) / 1000, iso = (second) => new Date(second * 1000).toISOString().slice(0, 19), clock = (second) => iso(second).slice(11);
const sum = (values) => values.reduce((total, value) => total + value, 0), clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const digits = (n) => (value) => value.toLocaleString('en-US', { minimumSignificantDigits: n, maximumSignificantDigits: n });
const whole = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 0 }), percent = (value) => (value == null ? '–' : `${(100 * value).toFixed(2)} %`);
const ms = (value, n = 3) => (value < 999.5 ? `${digits(n)(value)} ms` : `${(value < 1e6 ? digits(n) : whole)(value / 1000)} s`), ms4 = (value) => ms(value, 4);

function range(lower, upper, format) { // 1.2–1.3 s
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

async function ask(path, parameters = {}, signal) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ''));
  const response = await fetch(`${path}?${query}`, { signal }).catch((error) => { throw signal?.aborted ? error : new Error('the server cannot be reached'); });
  const body = await response.json().catch(() => null);
  if (!response.ok || !body) throw new Error(body?.error ?? `the server answers with ${response.status}`);
  return body;
}

// ---- What is known of the last five minutes

const seconds = new Map(), columns = new Map(), alerts = []; // second: requests, percentiles, bins if it came live; start of a column: its bins, fetched
let latest = null, answered = null, missing = null, healed = 0, isFetching = false, knowsAlerts = false, reading = null, view = null;

// What is known of a second only grows: of two answers the one with more requests is the newer one.
function learn(second, news) {
  const known = seconds.get(second);
  if (!known || news.requests >= known.requests) seconds.set(second, { ...known, ...news });
}

function binsOf(parts = []) { // requests in each row of the heat map, of [lower, upper, requests]: the first is of up to 1 ms, the last of more than 10 s
  const bins = new Array(ROWS).fill(0);
  for (const [, upper, count] of parts) bins[Number.isFinite(upper) ? clamp(Math.round(DECADE * Math.log10(upper)), 0, ROWS - 1) : ROWS - 1] += count;
  return bins;
}

function binsAt(second) {
  const start = second - (second % COLUMN), live = binsOf(), fetched = columns.get(start) ?? live;
  for (let i = 0; i < COLUMN; i++) seconds.get(start + i)?.bins?.forEach((count, row) => { live[row] += count; });
  return sum(fetched) > sum(live) ? fetched : live;
}

async function catchUp(to) {
  const from = Math.max(missing, to - WINDOW), start = from - (from % COLUMN);
  [isFetching, missing] = [true, null];
  try {
    const answers = [ask('percentiles', { from, to, step: '1s' }), ask('histogram', { from: start, to, step: `${COLUMN}s` }), ask('alerts', { limit: 30 }), ask('hosts')];
    const [rows, bins, last, hosts] = await Promise.all(answers);
    for (let i = 0; i < rows.length; i += NAMES.length) {
      learn(secondOf(rows[i].at), { requests: rows[i].requests, percentiles: rows.slice(i, i + NAMES.length).map(({ value }) => value) });
    }
    for (let column = start; column < to; column += COLUMN) {
      columns.set(column, binsOf(bins.filter(({ at }) => secondOf(at) === column).map(({ lower, upper, requests }) => [lower, upper, requests])));
    }
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
  for (const one of now.seconds ?? []) learn(secondOf(one.at), { requests: one.requests, percentiles: one.percentiles, bins: binsOf(one.histogram) });
  if (at - latest > 3) missing = Math.min(missing ?? at, latest ?? 0);
  if (at - healed >= 30) [missing, healed] = [Math.min(missing ?? at, at - 40), at]; // what came late
  latest = at;
  for (const known of [seconds, columns]) for (const second of known.keys()) if (second < at - WINDOW - COLUMN) known.delete(second);
  if (missing !== null && !isFetching) catchUp(at);
  show(now);
  draw();
  if (isFirst) choose(WINDOW);
}

function takeAlert(alert, isNews) {
  if (alerts.some(({ id }) => id === alert.id)) return;
  alerts.push(alert);
  alerts.sort((a, b) => b.id - a.id).splice(50);
  $('alerts').tBodies[0].replaceChildren(...alerts.slice(0, 7).map((one) => make('tr', {}, make('td', {}, clock(secondOf(one.at))),
    make('td', { class: one.state }, `${one.state === 'firing' ? '▲' : '▽'} ${one.state}`),
    make('td', { class: 'cut', title: `${one.rule}: ${one.subject}` }, `${one.rule}: ${one.subject}`), make('td', { class: 'n' }, valueOf(one)))));
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
    const silent = answered && Math.round((Date.now() - answered) / 1000), isLive = answered && silent < 4 && source.readyState === EventSource.OPEN;
    if (isLive !== ($('state').className === 'live')) say(isLive ? 'Live' : 'The connection is lost');
    $('state').className = isLive ? 'live' : 'lost';
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
const cellsOf = (texts) => texts.map((text) => make('td', { class: 'n' }, text)), natural = new Intl.Collator('en', { numeric: true }).compare;
const headOf = (names) => make('thead', {}, make('tr', {}, ...names.map((name) => make('th', { scope: 'col' }, name))));

function show(now) {
  tell('rate-now', `${whole(sum([...Array(10).keys()].map((i) => seconds.get(latest - 2 - i)?.requests ?? 0)) / 10)}/s`);
  tell('rate-note', `${whole(now.requests ?? 0)} in the last minute`);
  for (const [name, { value, lower, upper }, format] of [['clients', now.clients, whole], ...now.percentiles.map((one, i) => [NAMES[i], one, ms])]) {
    tell(`${name}-now`, value === null ? '–' : format(value));
    tell(`${name}-note`, value === null ? 'no requests' : `bounds ${range(lower, upper, format)}`);
  }
  showRoutes('routes', (now.routes ?? []).map((route) => ({ ...route, requests: route.estimate, total: now.total })));
  const lines = now.firing.slice(-4).map(({ rule, subject, since }) => make('li', {}, make('span', { class: 'cut', title: `${rule}: ${subject}` },
    make('b', {}, `▲ ${rule}: `), subject), make('span', { class: 'n' }, `for ${whole(Math.max(0, latest - secondOf(since)))} s`)));
  if (now.firing.length > 4) lines.unshift(make('li', {}, `${now.firing.length - 4} more, for longer`));
  $('firing').replaceChildren(...(lines.length ? lines : [make('li', {}, 'nothing')]));
  document.title = `${now.firing.length ? `(${now.firing.length}) ` : ''}Traffic, live`;
}

function showRoutes(id, routes) { // a bar is solid up to the lower bound, and striped from there to the upper one
  const most = Math.max(1, ...routes.map(({ upper }) => upper));
  const rows = routes.map(({ item, requests, lower, upper, total }) => {
    const bars = [lower, upper - lower].map((count) => { const bar = make('i'); bar.style.width = `${(100 * count) / most}%`; return bar; });
    return make('tr', {}, make('th', { scope: 'row' }, make('div', { class: 'cut', title: item }, item), make('div', { class: 'bar' }, ...bars)),
      ...cellsOf([whole(requests), range(lower, upper, whole), percent(requests / total)]));
  });
  $(id).replaceChildren($(id).caption, headOf(['Route', 'Requests', 'Bounds', 'Share']), make('tbody', {}, ...rows));
}

const isOut = ({ exact, lower, upper }) => exact < lower || exact > upper;
function measureRow(row, ...before) { // without "exact" there is no error, either
  const format = row.measure.startsWith('p') ? ms4 : whole, write = (value) => (value == null ? '–' : format(value));
  const bounds = row.lower == null ? '–' : `${isOut(row) ? '✗ ' : ''}${range(row.lower, row.upper, format)}`, hasExact = 'exact' in row;
  return make('tr', isOut(row) ? { class: 'out' } : {}, ...before, make('th', { scope: 'row' }, row.measure),
    ...cellsOf([...(hasExact ? [write(row.exact)] : []), write(row.sketch), bounds, ...(hasExact ? [percent(row.error)] : [])]));
}

// ---- Pictures

const log = (value) => Math.log10(Math.max(value, STEPS[0])), edge = (row) => 10 ** (row / DECADE);
const tick = (value) => (value >= 1000 ? `${+(value / 1000).toPrecision(2)} s` : `${+value.toPrecision(2)} ms`);
const rowName = (row) => (row === 0 ? 'up to 1 ms' : row === ROWS - 1 ? 'over 10 s' : range(edge(row - 1), edge(row), ms));
const fullest = (bins) => bins.indexOf(Math.max(...bins)), shape = (name, d) => make('svg:path', { class: name, d }), bottom = (id) => $(id).getAttribute('height') - 18;
const line = (name, x1, x2, y1, y2) => make('svg:line', { class: name, x1, x2, y1, y2 }), words = (name, x, y, text) => make('svg:text', { class: name, x, y }, text);

function draw() {
  if (latest === null || document.hidden) return;
  const width = $('band').clientWidth, isNarrow = width < 560, left = 46, right = width - (isNarrow ? 30 : 82), end = latest - 1, begin = end - WINDOW;
  const x = (second) => clamp(left + ((second - begin) / WINDOW) * (right - left), left, right), runs = [], known = []; // the last second is not whole: not shown
  for (let second = begin; second < end; second++) {
    const one = seconds.get(second) && { second, ...seconds.get(second) };
    if (one && known.at(-1)?.second !== second - 1) runs.push([]);
    if (one) [runs.at(-1), known].forEach((list) => list.push(one));
  }
  const minutes = [0, 1, 2, 3, 4, 5].map((i) => (Math.ceil(begin / 60) + i) * 60).filter((minute) => minute <= end);
  const scale = (id, low, high) => (value) => 8 + (1 - (value - low) / (high - low)) * (bottom(id) - 8);
  const panel = (id, y, ticks, format, ...shapes) => $(id).replaceChildren(
    ...ticks.flatMap((at) => [line('grid', left, right, y(at), y(at)), words('end', left - 6, y(at) + 4, format(at))]),
    ...minutes.flatMap((at) => [line('grid', x(at), x(at), 8, bottom(id)), words('middle', x(at), bottom(id) + 14, clock(at).slice(0, 5))]),
    ...shapes, ...(reading ? [line('cross', x(reading.second + 0.5), x(reading.second + 0.5), 8, bottom(id))] : []));

  const values = known.flatMap(({ percentiles }) => percentiles), low = STEPS.findLast((step) => step < Math.min(...values, 1e9)) ?? STEPS[0];
  const high = STEPS.find((step) => step > Math.max(...values, low)), ticks = STEPS.filter((step) => step >= low && step <= high);
  const yBand = scale('band', log(low), log(high)), y = (value) => yBand(log(value)), last = known.at(-1)?.percentiles ?? [], heights = last.map(y);
  const points = (run, i) => run.map(({ second, percentiles }) => `${x(second + 0.5).toFixed(1)} ${y(percentiles[i]).toFixed(1)}`);
  const area = (above, below) => runs.map((run) => `M${[...points(run, above), ...points(run, below).reverse()].join('L')}Z`).join('');
  if (last.length) [heights[0], heights[2]] = [Math.max(heights[0], heights[1] + 13), Math.min(heights[2], heights[1] - 13)]; // names do not touch
  panel('band', y, ticks.length > 10 ? ticks.filter((step) => log(step) % 1 === 0) : ticks, tick, shape('outer', area(2, 1)), shape('inner', area(1, 0)),
    ...NAMES.map((name, i) => shape(`line ${name}`, runs.map((run) => `M${points(run, i)[0]}h0L${points(run, i).join('L')}`).join(''))),
    ...heights.map((height, i) => words('name', right + 6, height + 4, isNarrow ? NAMES[i] : `${NAMES[i]} ${ms(last[i])}`)),
    ...alerts.filter(({ at }) => secondOf(at) > begin).map(({ at, state }) => words('mark', x(secondOf(at)), 14, state === 'firing' ? '▲' : '▽')));

  const heat = Array.from({ length: WINDOW / COLUMN + 1 }, (_, i) => begin - (begin % COLUMN) + i * COLUMN).map((column) => [column, binsAt(column)]);
  const used = [...binsOf().keys()].filter((row) => heat.some(([, bins]) => bins[row])), half = DECADE / 2, most = Math.max(1, ...heat.flatMap(([, bins]) => bins));
  const first = Math.floor(((used[0] ?? DECADE) - 1) / half) * half, top = Math.ceil((used.at(-1) ?? 2 * DECADE) / half) * half, yRow = scale('heat', first, top);
  const peak = Math.floor(2 * Math.log10(most) + 0.05); // colours begin at 1, 3, 10, 30, ...: the last one at the most of these that is reached
  const floors = [5, 4, 3, 2, 1, 0].map((i) => peak - i).map((n) => (n < 0 ? 0 : (n % 2 ? 3 : 1) * 10 ** Math.floor(n / 2))), cells = floors.map(() => '');
  const cell = (column, row, gap) => `M${x(column)} ${yRow(row) + gap}H${x(column + COLUMN) - gap}V${yRow(row - 1)}H${x(column)}Z`;
  for (const [column, bins] of heat) for (const row of used) if (bins[row]) cells[Math.max(floors.findLastIndex((floor) => bins[row] >= floor), 0)] += cell(column, row, 1);
  panel('heat', yRow, Array.from({ length: (top - first) / half + 1 }, (_, i) => first + i * half), (row) => tick(edge(row)), ...cells.map((d, i) => shape(`l${i + 1}`, d)),
    ...(reading?.row == null ? [] : [shape('cell', cell(reading.second - (reading.second % COLUMN), reading.row, 0))]));
  const labels = floors.map((floor, i) => (i === 0 ? '1' : i === 5 ? `${whole(floor)}+` : floor > 1 ? whole(floor) : ''));
  if ($('legend').textContent !== labels.join('')) $('legend').replaceChildren(...labels.map((label, i) => make('li', {}, make('i', { class: `l${i + 1}` }), label)));

  const fastest = STEPS.find((step) => step >= Math.max(1, ...known.map(({ requests }) => requests))), yRate = scale('rate', 0, fastest);
  panel('rate', yRate, [0, fastest / 2, fastest], whole,
    shape('bars', known.map(({ second, requests }) => `M${x(second)} ${yRate(0)}V${yRate(requests)}H${x(second + 0.8)}V${yRate(0)}Z`).join('')));
  view = { x, begin, end, left, right, rowAt: (py) => first + Math.ceil((1 - (py - 8) / (bottom('heat') - 8)) * (top - first)) };
  Object.assign($('moment').style, { marginLeft: `${left - 8}px`, width: `${right - left + 16}px` });
  read();
}

function read() { // the values at the pointer, or at the slider
  if (reading?.second < view.begin) reading = null;
  $('reading').hidden = !reading;
  $('moment').value = reading ? reading.second - view.end + 1 : 0;
  if (!reading) return;
  const { second, row, top = 40 } = reading, one = seconds.get(second), bins = binsAt(second), start = second - (second % COLUMN), at = view.x(second);
  const lines = [[`${clock(second)} UTC`, one ? `${whole(one.requests)}/s` : 'no requests'], ...(one ? [2, 1, 0].map((i) => [NAMES[i], ms(one.percentiles[i])]) : []),
    [`${clock(start).slice(3)} to ${clock(start + COLUMN).slice(3)}`, whole(sum(bins))], [rowName(row ?? fullest(bins)), whole(bins[row ?? fullest(bins)])]];
  $('reading').replaceChildren(...lines.map((texts) => make('div', {}, ...texts.map((text) => make('span', {}, text)))));
  $('moment').setAttribute('aria-valuetext', lines.map((texts) => texts.join(' ')).join(', '));
  Object.assign($('reading').style, { left: `${at > view.right / 2 ? at - 204 : at + 34}px`, top: `${top}px` });
}

function point(news) {
  reading = news && { ...news, second: clamp(news.second, view.begin, view.end - 1), row: news.row == null ? null : clamp(news.row, 0, ROWS - 1) };
  if (view) draw();
}
$('charts').addEventListener('pointermove', ({ target, clientX, clientY }) => {
  const picture = target.closest('svg'), box = picture?.getBoundingClientRect();
  if (view && target !== $('moment')) point(picture && { second: Math.floor(view.begin + ((clientX - box.left - view.left) / (view.right - view.left)) * WINDOW),
    row: picture.id === 'heat' ? view.rowAt(clientY - box.top) : null, top: clientY - $('charts').getBoundingClientRect().top + 16 });
});
for (const [element, kind] of [[$('charts'), 'pointerleave'], [$('moment'), 'blur']]) element.addEventListener(kind, () => point(null));
for (const kind of ['input', 'focus']) $('moment').addEventListener(kind, () => view && point({ second: view.end - 1 + Number($('moment').value), row: reading?.row }));
$('moment').addEventListener('keydown', (event) => {
  const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!up || !reading) return;
  event.preventDefault();
  point({ ...reading, row: (reading.row ?? fullest(binsAt(reading.second))) + up });
});

// ---- Any interval, and yesterday

const jobs = {}; // what is asked again is not waited for any more
async function run(id, job) {
  jobs[id]?.abort();
  const { signal } = (jobs[id] = new AbortController());
  $(id).setAttribute('aria-busy', true);
  tell(`${id}-trouble`, '');
  await job((path, parameters) => ask(path, parameters, signal)).catch((error) => signal.aborted || tell(`${id}-trouble`, `No answer: ${error.message}.`));
  if (!signal.aborted) $(id).removeAttribute('aria-busy');
}
async function timed(promise) {
  const begin = performance.now();
  return [await promise, performance.now() - begin];
}
const times = (sketch, exact) => `The exact answer took ${ms(exact)}, the sketches ${ms(sketch)}: ${digits(2)(exact / sketch)} times as fast.`;
const HEAD = ['Measure', 'Exact', 'Sketch', 'Bounds', 'Error'];

$('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const { from, to, host, exact } = $('ask').elements, asked = { from: from.value, to: to.value, host: host.value };
  run('any', async (askNow) => {
    const [[percentiles, [clients], routes], took] = await timed(Promise.all(['percentiles', 'distinct', 'top'].map((path) => askNow(path, asked))));
    const [compared, tookExact] = exact.checked ? await timed(askNow('exact', asked)) : [];
    const total = percentiles[0]?.requests ?? 0, start = percentiles[0]?.at.slice(0, 19) ?? iso(secondOf(`${asked.from}Z`));
    const rows = compared ?? [{ measure: 'requests', sketch: total, lower: total, upper: total },
      ...percentiles.map(({ value, lower, upper }, i) => ({ measure: NAMES[i], sketch: value, lower, upper })),
      ...(clients ? [{ measure: 'clients', sketch: clients.clients, lower: clients.lower, upper: clients.upper }] : [])];
    tell('answer-note', `${whole(total)} requests from ${start.replace('T', ' ')} to ${asked.to.replace('T', ' ')} UTC, ${asked.host || 'all hosts'}. ${
      compared ? times(took, tookExact) : `The sketches took ${ms(took)}.`}`);
    $('measures').replaceChildren($('measures').caption, headOf(compared ? HEAD : HEAD.filter((name) => !/Ex|Er/.test(name))), make('tbody', {}, ...rows.map((row) => measureRow(row))));
    showRoutes('answer-routes', routes);
    $('answer').hidden = false;
  });
});

function choose(which) {
  const now = latest ?? Math.floor(Date.now() / 1000), today = now - (now % DAY), form = $('ask').elements;
  [form.from.value, form.to.value] = ({ today: [today, now], yesterday: [today - DAY, today] }[which] ?? [now - which, now]).map(iso);
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
  const now = latest ?? Math.floor(Date.now() / 1000), day = now - (now % DAY), whole = { from: iso(day - DAY), to: iso(day) }, each = { ...whole, by: 'host' };
  run('yesterday', async (askNow) => {
    const [, took] = await timed(Promise.all([askNow('percentiles', each), askNow('distinct', each)])), [byHost, tookExact] = await timed(askNow('exact', each));
    const all = (await askNow('exact', whole)).map((row) => ({ ...row, by_host: 'all hosts' })), rows = [...all, ...byHost.sort((a, b) => natural(a.by_host, b.by_host))];
    const of = (test) => rows.filter(({ measure }) => test.test(measure)), inside = (some) => `${some.filter((row) => !isOut(row)).length} of ${some.length}`;
    const worst = (some) => some.reduce((a, b) => (b.error > a.error ? b : a), some[0]), place = (row) => `${percent(row.error)} (${row.measure} of ${row.by_host})`;
    const [p, clients] = [of(/^p/), of(/^clients/)];
    tell('yesterday-note', rows.length ? `${whole.from.slice(0, 10)}, UTC: the largest error of a percentile is ${place(worst(p))}, of a count of clients ${place(worst(clients))}. The exact ${
      ''}value lies within the bounds of ${inside(p)} percentiles, and of ${inside(clients)} counts (whose bounds are for 95 %). ${times(took, tookExact)}` : 'Of yesterday there are no events.');
    $('days').replaceChildren($('days').caption, headOf(['Host', ...HEAD]), ...rows.flatMap((row, i) => {
      const some = rows.filter(({ by_host }) => by_host === row.by_host);
      return row.by_host === rows[i - 1]?.by_host ? [] : [make('tbody', {}, ...some.map((one, j) => measureRow(one, ...(j ? [] : [make('th', { scope: 'rowgroup', rowspan: some.length }, row.by_host)]))))];
    }));
  });
}
$('again').addEventListener('click', compareYesterday);
new IntersectionObserver(([{ isIntersecting }], observer) => {
  if (!isIntersecting) return;
  observer.disconnect(); // once: it is slow
  compareYesterday();
}).observe($('yesterday'));

for (const kind of ['resize', 'visibilitychange']) (kind === 'resize' ? window : document).addEventListener(kind, draw);
connect();
