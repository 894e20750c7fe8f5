// What needs no server: sketches of hours and days, merged to any interval by libsketch in WebAssembly.
const { load, Distinct, Quantile, TopK } = globalThis.sketchLibrary;

async function unpacked(id) {
  const compressed = Uint8Array.from(atob($(id).textContent), (character) => character.charCodeAt(0));
  return new Response(new Blob([compressed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}

await load(await unpacked('wasm'));
const embedded = JSON.parse(new TextDecoder().decode(await unpacked('sketches')));
const byHour = embedded.hours.map(([hour, delay]) => ({ time: hour * HOUR, delay: Quantile.fromBytes(delay) }));
const byDay = embedded.days.map(([hour, routes, airports]) =>
  ({ time: hour * HOUR, routes: Distinct.fromBytes(routes), airports: TopK.fromBytes(airports) }));
const ends = [byHour[0].time, byHour[byHour.length - 1].time + HOUR];

const bounds = [];
for (let bound = MINUTES.from; bound <= MINUTES.to; bound += MINUTES.step) bounds.push(bound);

// The answers for [start, stop): delays of the hours that are wholly in it, routes and airports of such days.
function answer(start, stop) {
  const began = performance.now();
  const hours = byHour.filter(({ time }) => time >= start && time + HOUR <= stop);
  const days = byDay.filter(({ time }) => time >= start && time + DAY <= stop);
  const delay = hours.reduce((sum, hour) => sum.merge(hour.delay), new Quantile());
  const routes = days.reduce((sum, day) => sum.merge(day.routes), new Distinct());
  const airports = days.reduce((sum, day) => sum.merge(day.airports), new TopK({ k: 40 }));
  const [p50, p90, p99] = delay.percentiles([0.5, 0.9, 0.99]) ?? [];
  const found = {
    flights: delay.total, p50, p90, p99, counts: delay.histogram(bounds),
    different: Math.round(routes.count()), top: airports.top(10), hours: hours.length, days: days.length,
    first: hours[0]?.time, last: hours[hours.length - 1]?.time + HOUR,
  };
  [delay, routes, airports].forEach((sketch) => sketch.free());
  return { ...found, ms: performance.now() - began };
}

globalThis.answerBetween = answer; // for the test of the page

const moment = utc({ weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' });
const inputOf = (time) => new Date(time).toISOString().slice(0, 16);
const timeOf = (id) => Date.parse(`${$(id).value}Z`);

const many = (count, thing) => `${number(count)} ${thing}${count === 1 ? '' : 's'}`;

function tellAny(start, stop, { flights, p50, p90, p99, different, days, hours, first, last, ms }) {
  if (flights === 0) {
    tell('any-tells', start >= stop ? 'The end is to come after the beginning.' : hours ? 'There was no flight in these hours.' : 'No whole hour of the data lies between these times.');
  } else {
    tell('any-tells', `From ${moment.format(first)} to ${moment.format(last)}, the median of ${number(flights)} flights came *about ${minutes(p50)}*, ` +
      `one in ten *about ${minutes(p90)}* or later, and one in a hundred *about ${minutes(p99)}* or later` +
      (days ? `; on ${days === 1 ? 'the day' : `the ${number(days)} days`} wholly between, *about ${number(different)}* different routes were flown.` : '.'));
  }
  tell('any-merged', `Merged in *${digits(ms)} ms* by libsketch in WebAssembly, which is in this page: sketches of *${many(hours, 'whole hour')}* for delays, and ` +
    `of *${many(days, 'whole day')}* for airports and routes. No server was asked. Write other times, or drag in the strip above.`);
  describe('any-delays', `Histogram of delays. ${$('any-tells').textContent}`);
}

let colors; // that the pictures were drawn in
async function showAny() {
  const [start, stop] = ['from', 'to'].map(timeOf);
  if (Number.isNaN(start + stop)) return; // not written to its end
  const found = answer(start, stop);
  const top = found.top.map(({ item, estimate, lower, upper }, rank) => ({ rank, item, estimate, lower, upper }));
  const distribution = found.flights ? found : { ...found, counts: all.counts.map(() => 0), flights: 1 };
  const figure = $('any-airports').parentNode, wasHidden = figure.hidden;
  if (colors !== color) {
    figure.hidden = false;
    colors = color;
    const rows = Array.from({ length: 10 }, (_, rank) => ({ rank, item: `${rank}`, estimate: 1, lower: 1, upper: 1 }));
    await draw('any-delays', specs.distribution(distribution));
    await draw('any-airports', specs.top('departures', rows, ['estimate', 'lower', 'upper']));
  }
  tellAny(start, stop, found);
  describe('any-airports', top.length ? `Top airports: ${top.map(({ item, estimate }) => `${item} ${number(estimate)}`).join(', ')}` : 'Top airports: no whole day was chosen');
  const view = views['any-delays'];
  view.data('shown', distributionRows(distribution)).data('percentiles', found.flights ? percentileRows(found) : []);
  figure.hidden = top.length === 0; // Vega has no extent of no rows
  if (wasHidden && !figure.hidden) views['any-airports'].width($('any-airports').clientWidth); // the page's may have changed
  await Promise.all([view.runAsync(), ...(top.length ? [show('any-airports', top)] : [])]);
  $('any').dataset.drawn = `${inputOf(start)} ${inputOf(stop)}`;
}

let queue = Promise.resolve();
const enqueueAny = () => { queue = queue.then(showAny); };
function choose(start, stop) {
  const hour = (time) => Math.min(Math.max(Math.round(time / HOUR) * HOUR, ends[0]), ends[1]);
  $('from').value = inputOf(hour(start));
  $('to').value = inputOf(hour(stop));
  enqueueAny();
}

for (const id of ['from', 'to']) {
  Object.assign($(id), { min: inputOf(ends[0]), max: inputOf(ends[1]) });
  $(id).addEventListener('input', enqueueAny);
}
$('between').addEventListener('submit', (event) => event.preventDefault());
answer(...ends); // the first one takes longer, as code is compiled
$('any').hidden = false;
addEventListener('shown', ({ detail }) => choose(...detail));
if (document.documentElement.dataset.drawn) choose(...shown);
