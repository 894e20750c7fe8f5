// ---- what the chosen interval changes ----------------------------------------

async function showDelays(window) {
  const before = shown;
  shown = window;
  const rows = delayRows();
  if (rows.length < 2) { // a click, or a brush over the night: nothing to draw
    shown = before;
    return;
  }
  await show('delays', rows);
  $('delays-hint').textContent = isHourly()
    ? `One point an hour, but for those with fewer than ${FEW} flights. Drag in the strip for another window.`
    : 'One point a day. Drag in the strip for a window; up to 14 days show each hour.';
}

function markShown() {
  const { overview } = views;
  const x = overview.scale('x');
  return overview.signal('brush_x', shown[1] - shown[0] >= all.stop - all.start ? [] : shown.map((time) => x(time))).runAsync();
}

// While the page changes its width, the strip may have none (when minimized or printed), and its brush neither: what was
// shown is marked anew when that is over.
let resizing;
function resize() {
  clearTimeout(resizing);
  resizing = setTimeout(() => { resizing = undefined; markShown(); }, 300);
}

function tellDelays() {
  const { p50, p90, p99 } = chosen;
  tell('delays-tells', `${within(chosen)}, the median of ${number(chosen.flights)} flights came *${minutes(p50)}*, ` +
    `one in ten at least *${minutes(p90)}*, and one in a hundred at least *${minutes(p99)}*.`);
  describe('delays', `Delay percentiles over time. ${$('delays-tells').textContent}`);
  describe('overview', 'Delay percentiles of all days, to drag a window in');
}

async function showDistribution() {
  views.distribution.data('shown', distributionRows()).data('percentiles', percentileRows());
  await views.distribution.runAsync();
  const { from, step } = MINUTES;
  $('distribution-all').hidden = chosen === all;
  const later = (than) => chosen.counts.slice((than - from) / step + 1).reduce((sum, count) => sum + count, 0);
  const early = chosen.counts.slice(0, -from / step + 1).reduce((sum, count) => sum + count, 0);
  tell('distribution-tells', `*${percent(early, chosen.flights)}* came early or on time, *${percent(later(30), chosen.flights)}* more than half an hour late, ` +
    `and *${percent(later(180), chosen.flights)}* more than three hours.`);
  describe('distribution', `Histogram of delays. ${$('distribution-tells').textContent}`);
}

async function showTop() {
  const [airports, routes] = [topAirports(chosen), topRoutes(chosen)];
  await Promise.all([show('airports', airports), show('routes', routes)]);
  const widest = Math.max(...[...airports, ...routes].map(({ lower, upper, exact }) => (upper - lower) / exact));
  tell('top-tells', `*${airports[0].item}* leads with ${number(airports[0].estimate)} departures, *${routes[0].item}* with ${number(routes[0].estimate)} flights. ` +
    (widest ? `The bounds are at most ${digits(100 * widest)} % of the count apart` : 'All counts are exact') + ', from 40 counters an hour and 200 a day.');
  for (const [id, rows] of [['airports', airports], ['routes', routes]]) {
    describe(id, `Top ${id}: ${rows.map(({ item, estimate }) => `${item} ${number(estimate)}`).join(', ')}`);
  }
}

async function choose(interval) {
  chosen = interval;
  const choices = ofGrain(chosen.grain);
  const index = choices.indexOf(chosen);
  Object.assign($('position'), { max: choices.length - 1, value: index, disabled: choices.length === 1 });
  $('position').setAttribute('aria-valuetext', nameOf(chosen));
  $('earlier').disabled = index === 0;
  $('later').disabled = index === choices.length - 1;
  $('chosen').textContent = nameOf(chosen);
  tellDelays();
  await Promise.all([
    showDelays([chosen.start, chosen.stop]).then(markShown),
    showDistribution(),
    showTop(),
    show('different', chosenRows(), 'chosen'),
  ]);
  document.documentElement.dataset.drawn = nameOf(chosen);
}

function listen() {
  let queue = Promise.resolve();
  const enqueue = (interval) => { queue = queue.then(() => choose(interval)); };
  const move = (step) => {
    const choices = ofGrain(chosen.grain);
    enqueue(choices[Math.min(Math.max(choices.indexOf(chosen) + step, 0), choices.length - 1)]);
  };
  $('earlier').addEventListener('click', () => move(-1));
  $('later').addEventListener('click', () => move(1));
  $('position').addEventListener('input', () => enqueue(ofGrain(chosen.grain)[$('position').value]));
  $('interval').addEventListener('submit', (event) => event.preventDefault());
  // A shorter or longer interval starts where the last one did; after all of them, in the middle.
  for (const radio of document.getElementsByName('grain')) {
    radio.addEventListener('change', () => {
      const from = chosen === all ? (all.start + all.stop) / 2 : chosen.start;
      enqueue(ofGrain(radio.value).filter(({ start }) => start <= from).pop() ?? ofGrain(radio.value)[0]);
    });
  }
  addEventListener('resize', resize);
  dark.addEventListener('change', () => { queue = queue.then(drawAll); });
}

async function drawAll() {
  const style = getComputedStyle(document.documentElement);
  const css = (name) => style.getPropertyValue(name).trim();
  color = {
    ink: css('--ink'), quiet: css('--quiet'), line: css('--line'), field: css('--field'), card: css('--card'), exact: css('--exact'),
    sketch: css('--sketch'), sketchDark: css('--sketch-dark'), band: css('--band'), bandLight: css('--band-light'),
  };
  await Promise.all(['delays', 'overview', 'distribution', 'airports', 'routes', 'different', 'errors', 'speed', 'bytes'].map((id) => draw(id, specs[id]())));
  views.overview.addSignalListener('brush', (name, { time }) => { if (!resizing) showDelays(time ?? [all.start, all.stop]); });
  describe('different', `Different routes of each day with bounds. ${$('different-tells').textContent}`);
  describe('errors', `Errors of each day's answers. ${$('cost-tells').textContent}`);
  describe('speed', `Times: ${data.speed.map(({ question, sketches, rows }) => `${question}: ${milliseconds(sketches)} from sketches, ${milliseconds(rows)} from rows`).join('; ')}`);
  describe('bytes', `Bytes: ${data.bytes.map(({ sketch, bytes }) => `${sketch}: ${size(bytes)}`).join('; ')}; rows: ${size(data.rows.bytes)}`);
  await choose(chosen);
}

writeWords();
listen();
document.fonts.load('12px Inter').then(drawAll);
