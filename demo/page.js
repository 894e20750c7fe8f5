// ---- what the chosen interval changes ----------------------------------------

async function showDelays(window) {
  const before = shown;
  shown = window;
  const { path, gaps } = delaySteps();
  if (!path.some(({ middle }) => middle)) { // a click, or a brush over the night: nothing to draw
    shown = before;
    return;
  }
  dispatchEvent(new CustomEvent('shown', { detail: window })); // page.any.js merges it
  views.delays.data('gaps', copy(gaps));
  await show('delays', path);
  $('delays-few').hidden = gaps.every(({ start, stop }) => start === stop);
  $('delays-hint').textContent = isHourly()
    ? `One step an hour; those with fewer than ${FEW} flights stay empty. Drag in the strip for another window.`
    : `One step a day; any with fewer than ${FEW} flights stays empty. Drag in the strip for a window; up to 14 days show each hour.`;
}

function markShown() {
  const { overview } = views;
  const x = (time) => overview.scale('x')(Math.min(time, lastDay + DAY));
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
  tell('delays-tells', `${within(chosen)}, the median of ${number(chosen.flights)} flights came *about ${minutes(p50)}*, ` +
    `one in ten *about ${minutes(p90)}* or later, and one in a hundred *about ${minutes(p99)}* or later.`);
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
  tell('distribution-tells', `*About ${percent(early, chosen.flights)}* came early or on time, *about ${percent(later(30), chosen.flights)}* more than half an hour late, ` +
    `and *about ${percent(later(180), chosen.flights)}* more than three hours.`);
  describe('distribution', `Histogram of delays. ${$('distribution-tells').textContent}`);
}

async function showTop() {
  const [airports, routes] = [topAirports(chosen), topRoutes(chosen)];
  await Promise.all([show('airports', airports), show('routes', routes)]);
  const widest = Math.max(...[...airports, ...routes].map(({ lower, upper, exact }) => (upper - lower) / exact));
  tell('top-tells', `*${airports[0].item}* leads with ${about(airports[0])} departures, *${routes[0].item}* with ${about(routes[0])} flights. ` +
    (widest ? `The bounds are at most ${digits(100 * widest)} % of the count apart` : 'All counts are exact') + ', from 40 counters an hour and 200 a day.');
  for (const [id, rows] of [['airports', airports], ['routes', routes]]) {
    describe(id, `Top ${id}: ${rows.map(({ item, estimate }) => `${item} ${number(estimate)}`).join(', ')}`);
  }
}

function tellFrequency() {
  const counts = departures(chosen, airport);
  const known = data.departures.every(([, , all]) => all.every(([, lower, upper]) => lower === upper));
  tell('frequency-tells', `${within(chosen)}, *${airport}* had *${about(counts)} departures*` +
    (counts.lower === counts.upper ? '. ' : `, between ${number(counts.lower)} and ${number(counts.upper)}. `) +
    `Unlike a list of the top, the sketch counts any airport, from ${number(bytesOf('frequency_sketch'))} bytes an hour` +
    (known ? '; so few different airports it counts without error.' : '.'));
  describe('frequency', `Departures from ${airport} on each day, with bounds. ${$('frequency-tells').textContent}`);
}

async function showAirport() {
  airport = $('airport').value;
  tellFrequency();
  await show('frequency', daily(departureRows()));
}

async function showMembership() {
  const { rate, pairs } = answers(chosen);
  await show('membership', pairs);
  const [no, yes, missed, wrong] = ANSWERS.map((answer) => pairs.filter((pair) => pair.answer === answer).length);
  tell('membership-tells', `${within(chosen)}, the filter says yes to *${yes + wrong} of ${number(pairs.length)}* routes between these airports. ` +
    `A no is certain: *${missed || 'none'}* of the ${no + missed} was flown. A yes is wrong for *about ${percent(rate, 1)}* of the routes that were not flown: here for *${wrong || 'none'}*.`);
  describe('membership', `Which routes were flown. ${$('membership-tells').textContent}`);
}

async function choose(interval) {
  chosen = interval;
  const choices = ofGrain(chosen.grain);
  const index = choices.indexOf(chosen);
  Object.assign($('position'), { max: choices.length - 1, value: index, disabled: choices.length === 1 });
  $('position').setAttribute('aria-valuetext', nameOf(chosen));
  $('earlier').disabled = index === 0;
  $('later').disabled = index === choices.length - 1;
  if ($('chosen').dataset.grain !== chosen.grain) {
    $('chosen').dataset.grain = chosen.grain;
    $('chosen').replaceChildren(...choices.map((choice, i) => new Option(briefNameOf(choice), i)));
  }
  Object.assign($('chosen'), { selectedIndex: index, disabled: choices.length === 1 });
  tellDelays();
  tellFrequency();
  await Promise.all([
    showDelays([chosen.start, chosen.stop]).then(markShown),
    showDistribution(),
    showTop(),
    showMembership(),
    ...['frequency', 'different'].map((id) => show(id, chosenRows(), 'chosen')),
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
  for (const [id, event] of [['position', 'input'], ['chosen', 'change']]) {
    $(id).addEventListener(event, () => enqueue(ofGrain(chosen.grain)[$(id).value]));
  }
  $('interval').addEventListener('submit', (event) => event.preventDefault());
  // A shorter or longer interval starts where the last one did; after all of them, in the middle.
  $('grain').addEventListener('change', () => {
    const from = chosen === all ? (all.start + all.stop) / 2 : chosen.start;
    const choices = ofGrain($('grain').value);
    enqueue(choices.filter(({ start }) => start <= from).pop() ?? choices[0]);
  });
  $('airport').addEventListener('change', () => { queue = queue.then(showAirport); });
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
  await Promise.all(['delays', 'overview', 'distribution', 'airports', 'routes', 'frequency', 'membership', 'different', 'errors', 'speed', 'bytes'].map((id) => draw(id, specs[id]())));
  views.overview.addSignalListener('brush', (name, { time }) => { if (!resizing) showDelays(time ?? [all.start, all.stop]); });
  describe('different', `Different routes of each day with bounds. ${$('different-tells').textContent}`);
  describe('errors', `Errors of each day's answers. ${$('cost-tells').textContent}`);
  describe('speed', `Times: ${data.speed.map(({ question, sketches, rows }) => `${question}: ${milliseconds(sketches)} from sketches, ${milliseconds(rows)} from rows`).join('; ')}`);
  describe('bytes', `Bytes: ${[...data.bytes, around].map(({ question, bytes }) => `${question}: ${size(bytes)}`).join('; ')}; rows: ${size(stored.rows)}`);
  await choose(chosen);
}

writeWords();
listen();
document.fonts.load('12px Inter').then(drawAll);
