// The dashboard. What comes from events (hosts, routes, clients) may be anything: it gets into the page as text, never as markup.
const WINDOW = 300, COLUMN = 5, DECADE = 8, ROWS = 34, DAY = 86400; // seconds kept, and of a column of the heat map; its rows in a power of ten, and in all
const NAMES = ['p50', 'p90', 'p99'], TEN = [...Array(10).keys()], STEPS = TEN.flatMap((n) => [1, 2, 5].map((step) => step * 10 ** (n - 2)));
const seconds = new Map(), columns = new Map(), alerts = new Map(), jobs = {}; // second: requests, percentiles, bins if it came live; column: bins, fetched
let latest = null, looks = 0, answered = null, missing = null, healed = 0, isFetching = false, isFilled = false, reading = null, view = null;
const $ = (id) => document.getElementById(id), on = (target, kinds, act) => kinds.split(' ').forEach((kind) => target.addEventListener(kind, act));
const tell = (id, text) => $(id).textContent === text || $(id).replaceChildren(text), natural = new Intl.Collator('en', { numeric: true }).compare;
const secondOf = (time) => Date.parse(time) / 1000, iso = (second) => new Date(second * 1000).toISOString().slice(0, 19);
const clock = (second) => iso(second).slice(11), columnOf = (second) => second - (second % COLUMN), spoken = (time) => time.slice(0, 19).replace('T', ' ');
const sum = (values) => values.reduce((total, value) => total + value, 0), clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const percent = (value) => (value == null ? '–' : `${(100 * value).toFixed(2)} %`);
const formatOf = (options) => new Intl.NumberFormat('en-US', options).format, whole = formatOf({ maximumFractionDigits: 0 });
const digits = [1, 1, 2, 3, 4].map((n) => formatOf({ minimumSignificantDigits: n, maximumSignificantDigits: n })); // of that many, by their number
const ms = (value, n = 3) => (value < 999.5 ? `${digits[n](value)} ms` : `${(value < 1e6 ? digits[n] : whole)(value / 1000)} s`);
const range = (lower, upper, format, a = format(lower), b = format(upper), unit = / \S+$/.exec(b)?.[0]) => // 1.2–1.3 s
  (a === b ? b : `${unit && a.endsWith(unit) ? a.slice(0, -unit.length) : a}–${b}`);
function make(tag, attributes, ...children) {
  const element = document.createElementNS(`http://www.w3.org/${/^(path|text)$/.test(tag) ? '2000/svg' : '1999/xhtml'}`, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element.append(...children) ?? element;
}
const cell = (text, name = '', title = '') => make('td', { class: name, title }, text), head = (text, scope = 'row') => make('th', { scope }, text);
const line = (...cells) => make('tr', {}, ...cells), body = (...lines) => make('tbody', {}, ...lines);
const table = (id, names, ...bodies) => $(id).replaceChildren($(id).caption, make('thead', {}, line(...names.map((name) => head(name, 'col')))), ...bodies);
async function ask(path, parameters, signal) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ''));
  const response = await fetch(`${path}?${query}`, { signal }).catch((error) => { throw signal?.aborted ? error : new Error('the server cannot be reached'); });
  const answer = await response.json().catch(() => null);
  return response.ok && answer ? answer : Promise.reject(new Error(answer?.error ?? `the server answers with ${response.status}`));
}
// The last five minutes: of a second more gets known, never less. Bins are the requests of each row, from up to 1 ms to more than 10 s.
const learn = (second, news) => news.requests < seconds.get(second)?.requests || seconds.set(second, { ...seconds.get(second), ...news });
const rowOf = (upper) => (Number.isFinite(upper) ? clamp(Math.round(DECADE * Math.log10(upper)), 0, ROWS - 1) : ROWS - 1), noBins = () => Array(ROWS).fill(0);
const binsOf = (parts) => parts.reduce((bins, [, upper, count]) => { bins[rowOf(upper)] += count; return bins; }, noBins());
function binsAt(column) {
  const live = noBins(), fetched = columns.get(column) ?? live;
  for (let i = 0; i < COLUMN; i++) seconds.get(column + i)?.bins?.forEach((count, row) => { live[row] += count; });
  return sum(fetched) > sum(live) ? fetched : live;
}
async function catchUp(to) {
  const from = Math.max(missing, to - WINDOW), begin = columnOf(from);
  const calls = { percentiles: { from, to, step: '1s' }, histogram: { from: begin, to, step: `${COLUMN}s` }, alerts: { limit: 30 }, hosts: {} };
  isFetching = true; missing = null;
  try {
    const [rows, bins, last, hosts] = await Promise.all(Object.entries(calls).map((call) => ask(...call, AbortSignal.timeout(15_000))));
    rows.forEach(({ at, requests }, i) => i % 3 || learn(secondOf(at), { requests, percentiles: rows.slice(i, i + 3).map(({ value }) => value) }));
    for (let at = begin; at < to; at += COLUMN) columns.set(at, noBins());
    for (const { at, upper, requests } of bins) columns.get(secondOf(at))[rowOf(upper)] += requests;
    last.forEach((alert) => takeAlert(alert, isFilled)); fillHosts(hosts); tell('live-trouble', ''); isFilled = true;
  } catch (error) {
    tell('live-trouble', `What came before is missing: ${error.message}. It is asked for again.`);
    await new Promise((resolve) => setTimeout(resolve, 3000)); missing = Math.min(missing ?? from, from);
  }
  isFetching = false; draw();
}
function take(now, at = secondOf(now.at)) {
  answered = Date.now();
  if (at < latest) return; // the server had it in store
  for (const { at: second, requests, percentiles, histogram } of now.seconds ?? []) learn(secondOf(second), { requests, percentiles, bins: binsOf(histogram) });
  if (at - latest > 3) missing = Math.min(missing ?? at, (latest ?? 3) - 3);
  if (at - healed >= 30) [missing, healed] = [Math.min(missing ?? at, at - 40), at]; // what came late
  for (const known of [seconds, columns]) for (const second of known.keys()) if (second < at - WINDOW - COLUMN) known.delete(second);
  latest = at; show(now); draw();
  if (missing !== null && !isFetching && looks) catchUp(at); // the first look may be an old one
  if (++looks === 2) choose(WINDOW);
}
const VALUES = { slow: ms, 'heavy item': (value) => `${whole(100 * value)} %`, 'many clients': (value) => `${digits[2](value)} times`, 'new host': () => '' };
const valueOf = ({ rule, value, above }, as = VALUES[rule] ?? digits[3]) =>
  [value, value > above ? above : null].map((one) => (one === null ? '' : as(one))).filter(Boolean).join(' > ');
function takeAlert(alert, isNews) {
  if (isNews && !alerts.has(alert.id)) say(`Alert ${alert.state}: ${alert.rule}, ${alert.subject} ${valueOf(alert)}`);
  const last = [...alerts.set(alert.id, alert).values()].sort((a, b) => b.id - a.id);
  for (const { id } of last.slice(50)) alerts.delete(id);
  table('alerts', ['UTC', 'State', 'Rule, subject', 'Value'], body(...last.slice(0, 7).map((one) => line(cell(clock(secondOf(one.at))),
    cell(`${one.state === 'firing' ? '▲' : '▽'} ${one.state}`, one.state), cell(`${one.rule}: ${one.subject}`, 'cut', one.subject), cell(valueOf(one))))));
}
const say = (text) => $('said').replaceChildren(...[...$('said').children].slice(-4), make('p', {}, text)); // to those who listen
function connect() {
  const source = new EventSource('live'), watch = setInterval(() => {
    const silent = answered && Math.round((Date.now() - answered) / 1000), isLive = answered && silent < 4 && source.readyState === EventSource.OPEN;
    if (isLive !== ($('state').className === 'live')) say(isLive ? 'Live' : 'The connection is lost');
    $('state').className = isLive ? 'live' : 'lost';
    tell('state', isLive ? `live, ${clock(latest)} UTC` : answered ? `reconnecting, last answer ${silent} s ago` : 'connecting');
    if (source.readyState !== EventSource.CLOSED && !(silent && silent % 20 === 0)) return;
    source.close(); // refused, or a line that is dead and does not know it
    connect(clearInterval(watch));
  }, 1000);
  on(source, 'now', ({ data }) => take(JSON.parse(data))); on(source, 'alert', ({ data }) => takeAlert(JSON.parse(data), true));
}
function show({ requests, clients, percentiles, routes, total, firing }) {
  tell('rate-note', `${whole(requests ?? 0)} in the last minute`);
  for (const [name, { value, lower, upper }, format] of [['clients', clients, whole], ...percentiles.map((one, i) => [NAMES[i], one, ms])]) {
    tell(`${name}-now`, value === null ? '–' : format(value));
    tell(`${name}-note`, value === null ? 'no requests' : `bounds ${range(lower, upper, format)}`);
  }
  showRoutes('routes', (routes ?? []).map((route) => ({ ...route, requests: route.estimate, total })));
  const age = (since) => Math.max(0, latest - Math.floor(secondOf(since))), ago = (s) => (s < 120 ? `${s} s` : `${whole(s / 60)} min`);
  const lines = firing.slice(-4).map(({ rule, subject, since }) => [make('b', { class: 'firing' }, `▲ ${rule}: `), subject, ` for ${ago(age(since))}`]);
  if (lines.length < firing.length || !lines.length) lines.unshift([lines.length ? `${firing.length - 4} more, for longer` : 'nothing']);
  $('firing').replaceChildren(...lines.map((parts) => make('li', { class: 'cut' }, ...parts)));
  document.title = `${firing.length ? `(${firing.length}) ` : ''}Traffic, live`;
}
function showRoutes(id, routes) { // a bar is solid up to the lower bound, and striped from there to the upper one
  const most = Math.max(1, ...routes.map(({ upper }) => upper)), bar = (count) => Object.assign(make('i', {}), { wide: `${(100 * count) / most}%` });
  table(id, ['Route', 'Requests', 'Bounds', 'Share'], body(...routes.map(({ item, requests, lower, upper, total }) => line(
    make('th', { scope: 'row' }, make('div', { class: 'cut', title: item }, item), make('div', { class: 'bar' }, bar(lower), bar(upper - lower))),
    cell(whole(requests)), cell(lower === upper ? 'exact' : range(lower, upper, whole)), cell(percent(requests / total))))));
  for (const one of $(id).querySelectorAll('i')) one.style.width = one.wide; // markup may have no styles
}
const isIn = ({ exact, lower, upper }) => exact === undefined || lower === null || (exact >= lower && exact <= upper);
function measureLine(one, ...before) { // without "exact" there is no error, either
  const format = (value) => (value == null ? '–' : one.measure[0] === 'p' ? ms(value, 4) : whole(value)), isFine = isIn(one);
  const texts = [format(one.sketch), `${isFine ? '' : '✗ '}${range(one.lower, one.upper, format)}`], all = [format(one.exact), ...texts, percent(one.error)];
  return line(...before, head(one.measure), ...('exact' in one ? all : texts).map((text) => cell(text, isFine ? '' : 'out')));
}
const tick = (value) => (value >= 1000 ? `${+(value / 1000).toPrecision(2)} s` : `${+value.toPrecision(2)} ms`), edge = (row) => 10 ** (row / DECADE);
const rowName = (row) => (row === 0 ? 'up to 1 ms' : row === ROWS - 1 ? 'over 10 s' : range(edge(row - 1), edge(row), ms));
const path = (name, parts, opacity = 1) => make('path', { class: name, d: [parts].flat().join(''), opacity }), log = Math.log10;
const bottom = (id) => $(id).getAttribute('height') - 18, words = (name, x, y, text) => make('text', { class: name, x, y }, text);
const scale = (id, low, high) => (value) => 8 + (1 - (value - low) / (high - low)) * (bottom(id) - 8), fullest = (bins) => bins.indexOf(Math.max(...bins));
function draw() {
  if (latest === null || document.hidden) return;
  const last10 = TEN.map((i) => seconds.get(latest - 2 - i)?.requests ?? 0);
  tell('rate-now', `${whole(sum(last10) / (isFilled ? 10 : last10.filter(Boolean).length || 1))}/s`);
  const width = $('band').clientWidth, isNarrow = width < 560, left = 52, right = width - (isNarrow ? 30 : 82), end = latest - 1, begin = end - WINDOW;
  const x = (second) => clamp(left + ((second - begin) / WINDOW) * (right - left), left, right);
  const minutes = TEN.map((i) => (Math.ceil(begin / 60) + i) * 60).filter((minute) => minute <= end);
  const panel = (id, y, ticks, format, ...shapes) => $(id).replaceChildren(
    ...ticks.flatMap((at) => [path('grid', `M${left} ${y(at)}H${right}`), words('end', left - 6, y(at) + 4, format(at))]),
    ...minutes.flatMap((at) => [path('grid', `M${x(at)} 8V${bottom(id)}`), words('', x(at), bottom(id) + 14, clock(at).slice(0, 5))]),
    ...shapes, path('cross', reading ? `M${x(reading.second + 0.5)} 8V${bottom(id)}` : ''));
  // Percentiles of few requests mean little beside those of many: lines end there, as where nothing is known.
  const known = Array.from({ length: WINDOW }, (_, i) => ({ second: begin + i, ...seconds.get(begin + i) })).filter(({ requests }) => requests), runs = [];
  const busiest = Math.max(1, ...known.map(({ requests }) => requests)), many = known.filter(({ requests }) => requests >= Math.min(busiest / 100, 100));
  many.forEach((one, i) => (one.second - 1 === many[i - 1]?.second ? runs.at(-1).push(one) : runs.push([one])));
  const low = STEPS.findLast((step) => many[0] && many.every((one) => step < one.percentiles[0])) ?? STEPS[0], last = (many.at(-1)?.second >= end - 10 && many.at(-1).percentiles) || [];
  const high = STEPS.find((step) => step > low && many.every((one) => step > one.percentiles[2])) ?? STEPS.at(-1), yLog = scale('band', log(low), log(high));
  const y = (value) => yLog(log(Math.max(value, low))), heights = last.map(y);
  const points = (run, i) => run.map(({ second, percentiles }) => `${x(second + 0.5).toFixed(1)} ${y(percentiles[i]).toFixed(1)}`);
  const area = (i) => path('area', runs.map((run) => `M${[...points(run, i), ...points(run, 0).reverse()].join('L')}Z`), 0.1);
  const mark = ({ at, state }) => words('mark', x(secondOf(at)), 14, state === 'firing' ? '▲' : '▽');
  if (last.length) [heights[0], heights[2]] = [Math.max(heights[0], heights[1] + 13), Math.min(heights[2], heights[1] - 13)]; // names do not touch
  panel('band', y, STEPS.filter((step) => step >= low && step <= high), tick, area(2), area(1),
    ...NAMES.map((name, i) => path(name, runs.map((run) => `M${points(run, i)[0]}h0L${points(run, i).join('L')}`))),
    ...heights.map((height, i) => words('name start', right + 6, height + 4, isNarrow ? NAMES[i] : `${NAMES[i]} ${ms(last[i])}`)),
    ...[...alerts.values()].filter(({ at }) => secondOf(at) > begin).map(mark));
  // The heat map: colours begin at 1, 3, 10, 30, ... requests, and the last one at the largest of these that is reached.
  const heat = Array.from({ length: WINDOW / COLUMN + 1 }, (_, i) => columnOf(begin) + i * COLUMN).map((at) => [at, binsAt(at)]), half = DECADE / 2;
  const used = [...noBins().keys()].filter((row) => heat.some(([, bins]) => bins[row])), most = Math.max(1, ...heat.flatMap(([, bins]) => bins));
  const first = Math.floor(((used[0] ?? DECADE) - 1) / half) * half, top = Math.ceil((used.at(-1) ?? 16) / half) * half, level = scale('heat', first, top);
  const peak = Math.floor(2 * Math.log10(most) + 0.05), shades = [0.12, 0.28, 0.45, 0.62, 0.81, 1], cells = shades.map(() => []);
  const floors = shades.map((_, i) => peak - 5 + i).map((n) => (n < 0 ? 0 : (n % 2 ? 3 : 1) * 10 ** Math.floor(n / 2)));
  const colorOf = (count) => Math.max(floors.findLastIndex((floor) => count >= floor), 0);
  const box = (at, row, gap) => `M${x(at)} ${level(row) + gap}H${x(at + COLUMN) - gap}V${level(row - 1)}H${x(at)}Z`;
  for (const [at, bins] of heat) for (const row of used) if (bins[row]) cells[colorOf(bins[row])].push(box(at, row, 1));
  panel('heat', level, TEN.map((i) => first + i * half).filter((row) => row <= top), (row) => tick(edge(row)),
    ...cells.map((boxes, i) => path('heat', boxes, shades[i])), path('cell', reading?.row == null ? '' : box(columnOf(reading.second), reading.row, 0)));
  const name = (floor, i) => words('start', 42 * i, 18, i === 0 ? '1' : floor > 1 ? `${whole(floor)}${i === 5 ? '+' : ''}` : '');
  $('legend').replaceChildren(...floors.map(name), ...shades.map((shade, i) => path('heat', `M${42 * i} 0h42v7h-42Z`, shade)));
  const fastest = STEPS.find((step) => step >= busiest) ?? STEPS.at(-1), up = scale('rate', 0, fastest);
  const bar = ({ second, requests }) => `M${x(second)} ${up(0)}V${up(requests)}H${x(second + 0.8)}V${up(0)}Z`;
  panel('rate', up, [0, fastest / 2, fastest], formatOf(), path('bars', known.map(bar)));
  const across = (at, a, b) => (at - a) / (b - a), rowAt = (py) => clamp(first + Math.ceil((top - first) * across(py, bottom('heat'), 8)), 0, ROWS - 1);
  view = { begin, end, x, right, rowAt, secondAt: (px) => Math.floor(begin + WINDOW * across(px, left, right)) };
  Object.assign($('moment').style, { marginLeft: `${left - 8}px`, width: `${right - left + 16}px` }); read();
}
function read() { // the values at the pointer, or at the slider
  if (reading?.second < view.begin) reading = null;
  $('reading').hidden = !reading; $('moment').value = reading ? reading.second - view.end + 1 : 0;
  if (!reading) return;
  const { second, top = 40 } = reading, one = seconds.get(second), start = columnOf(second), bins = binsAt(start), row = reading.row ?? fullest(bins);
  const lines = [[`${clock(second)} UTC`, `${whole(one?.requests ?? 0)}/s`], ...[2, 1, 0].map((i) => [NAMES[i], one ? ms(one.percentiles[i]) : '–']),
    [`${COLUMN} s from ${clock(start).slice(3)}`, `${whole(sum(bins))} requests`], [rowName(row), `${whole(bins[row])} of them`]], at = view.x(second);
  $('reading').replaceChildren(...lines.map((texts) => make('div', {}, ...texts.map((text) => make('span', {}, text)))));
  $('moment').setAttribute('aria-valuetext', lines.map((texts) => texts.join(' ')).join(', '));
  Object.assign($('reading').style, { left: `${Math.max(4, at > view.right / 2 ? at - 204 : at + 34)}px`, top: `${top}px` });
}
const point = (news) => { reading = view && news && { ...news, second: clamp(news.second, view.begin, view.end - 1) }; draw(); };
// Any interval, and yesterday. What is asked again is not waited for any more.
async function run(id, job) {
  jobs[id]?.abort(); $(id).setAttribute('aria-busy', true); tell(`${id}-trouble`, '');
  const { signal } = (jobs[id] = new AbortController()), timed = async (calls) => { // the answers, and the milliseconds that they took
    const begin = performance.now(), answers = await Promise.all(Object.entries(calls).map((call) => ask(...call, signal)));
    return [...answers, performance.now() - begin];
  };
  await job(timed).catch((error) => signal.aborted || tell(`${id}-trouble`, `No answer: ${error.message}.`));
  if (!signal.aborted) $(id).removeAttribute('aria-busy');
}
const times = (took, exactly, rows) => `The exact answer took ${ms(exactly)}, the sketches ${ms(took)}: ${digits[2](exactly / took)} times as fast.${
  rows.some(({ lower }) => lower === null) ? ' There are no bounds where not all requests are kept as events.' : ''}`;
const interval = (which, now = latest ?? Math.floor(Date.now() / 1000), today = now - (now % DAY)) =>
  ({ today: [today, now], yesterday: [today - DAY, today] }[which] ?? [now - which, now]).map(iso);
const { from, to, host, exact } = $('ask').elements, nameOf = (name) => name || 'all hosts';
const choose = (which) => { [from.value, to.value] = interval(which); $('ask').requestSubmit(); };
function fillHosts(hosts, chosen = host.value) {
  const names = hosts.map((one) => one.host).sort(natural);
  if (host !== document.activeElement) host.replaceChildren(host[0], ...names.map((name) => make('option', { value: name }, name)));
  host.value = chosen;
}
function answer(asked = { from: from.value, to: to.value, host: host.value }) {
  run('any', async (timed) => {
    const [percentiles, [clients], routes, took] = await timed({ percentiles: asked, distinct: asked, top: { ...asked, k: 8 } });
    const [compared, exactly] = exact.checked ? await timed({ exact: asked }) : [], { requests = 0, at = asked.from } = percentiles[0] ?? {};
    const rows = compared ?? [{ measure: 'requests', sketch: requests, lower: requests, upper: requests },
      ...percentiles.map((one, i) => ({ ...one, measure: NAMES[i], sketch: one.value })), { ...clients, measure: 'clients', sketch: clients?.clients }];
    const what = `${whole(rows[0]?.sketch ?? 0)} requests from ${spoken(at)} to ${spoken(asked.to)} UTC, ${nameOf(asked.host)}.`;
    tell('any-note', `${what} ${compared ? times(took, exactly, rows) : `The sketches took ${ms(took)}.`}`);
    table('measures', ['Measure', ...(compared ? ['Exact', 'Sketch', 'Bounds', 'Error'] : ['Sketch', 'Bounds'])], body(...rows.map((one) => measureLine(one))));
    showRoutes('answer-routes', routes); $('answer').hidden = false;
  });
}
function compareYesterday() {
  const [begin, end] = interval('yesterday'), all = { from: begin, to: end }, each = { ...all, by: 'host' };
  run('yesterday', async (timed) => {
    const [, , took] = await timed({ percentiles: each, distinct: each }), [some, exactly] = await timed({ exact: each });
    const [total] = await timed({ exact: all }), rows = [...total, ...some.sort((a, b) => natural(a.by_host, b.by_host))];
    const worst = (what, first) => {
      const those = rows.filter(({ measure }) => measure[0] === first), one = those.reduce((a, b) => (b.error > a.error ? b : a));
      const where = `${one.measure} of ${nameOf(one.by_host)}`, good = `${those.filter(isIn).length} of ${those.length}`;
      return `The largest error of ${what} is ${percent(one.error)} (${where}); ${good} lie within their bounds.`;
    };
    const found = () => `${worst('a percentile', 'p')} ${worst('distinct clients', 'c')} Bounds of clients are for 95 %, others always hold.`;
    tell('yesterday-note', `${begin.slice(0, 10)}, UTC. ${rows.length ? `${found()} ${times(took, exactly, rows)}` : 'There are no events.'}`);
    const first = (name, rowspan) => make('th', { scope: 'rowgroup', rowspan }, nameOf(name)), groups = [...Map.groupBy(rows, ({ by_host }) => by_host)];
    table('days', ['Host', 'Measure', 'Exact', 'Sketch', 'Bounds', 'Error'],
      ...groups.map(([name, some]) => body(...some.map((one, i) => measureLine(one, ...(i ? [] : [first(name, some.length)]))))));
  });
}
for (const button of document.querySelectorAll('fieldset button')) on(button, 'click', () => choose(button.value));
on(exact, 'change', () => $('ask').requestSubmit()); on($('ask'), 'submit', (event) => answer(event.preventDefault()));
on($('again'), 'click', compareYesterday); // and once when it is looked at, for it is slow
new IntersectionObserver(([{ isIntersecting }], observer) => isIntersecting && compareYesterday(observer.disconnect())).observe($('yesterday'));
on($('charts'), 'pointermove', ({ target, clientX, clientY }) => {
  const picture = target.closest('figure > svg'), box = picture?.getBoundingClientRect(), top = clientY - $('charts').getBoundingClientRect().top + 16;
  const row = picture?.id === 'heat' ? view?.rowAt(clientY - box.top) : null;
  if (view && target !== $('moment')) point(picture && { second: view.secondAt(clientX - box.left), row, top });
});
for (const target of [$('charts'), $('moment')]) on(target, 'pointerleave blur', () => point(null));
on($('moment'), 'input focus', () => point({ second: view?.end - 1 + Number($('moment').value) }));
for (const target of [window, document]) on(target, 'resize visibilitychange', draw);
connect();
