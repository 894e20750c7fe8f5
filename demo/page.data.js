'use strict';
const $ = (id) => document.getElementById(id);
const data = JSON.parse($('data').textContent);

// ---- the data, with names; times are hours since 1970 and become milliseconds ----------------------------------------

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTES = { from: -30, to: 180, step: 5 }; // the bounds that page.sql gives to histogram()

const points = ([start, flights, p50, p90, p99]) => ({ time: start * HOUR, flights, p50, p90, p99 });
const FEW = 20; // hours and days with fewer flights have no percentile worth a point
const hours = data.hours.map(points);
const intervals = data.delays.map(([grain, start, stop, flights, p50, p90, p99, counts]) =>
  ({ grain, start: start * HOUR, stop: stop * HOUR, time: start * HOUR, flights, p50, p90, p99, counts }));
const ofGrain = (grain) => intervals.filter((interval) => interval.grain === grain);
const [all] = ofGrain('all');
const days = ofGrain('day');
const lastDay = days[days.length - 1].start;
const exactDelays = new Map(data.exact_delays.map(([start, ...p]) => [start * HOUR, p]));
const different = data.routes_by_day.map(([start, estimate, lower, upper, exact]) => ({ time: start * HOUR, estimate, lower, upper, exact }))
  .filter(({ time }) => time <= lastDay);

function topOf(rows) {
  const top = new Map();
  for (const [grain, start, item, estimate, lower, upper, exact] of rows) {
    const key = grain + start * HOUR;
    if (!top.has(key)) top.set(key, []);
    top.get(key).push({ rank: top.get(key).length, item, estimate, lower, upper, exact });
  }
  return ({ grain, start }) => top.get(grain + start);
}
const topAirports = topOf(data.airports);
const topRoutes = topOf(data.routes);

const rowOf = (interval, rows) => rows.find(([grain, start]) => grain === interval.grain && start * HOUR === interval.start);
// Departures from an airport that was asked for, in an interval.
function departures(interval, airport) {
  const [, , counts] = rowOf(interval, data.departures);
  const [estimate, lower, upper, exact] = counts[data.asked.indexOf(airport)];
  return { time: interval.start, estimate, lower, upper, exact };
}
// What a filter says of each pair of airports, beside the truth: page.sql has a digit for each.
const ANSWERS = ['no, and it was not', 'yes, and it was', 'no, but it was', 'yes, but it was not'];
function answers(interval) {
  const [, , rate, digits] = rowOf(interval, data.answers);
  const pairs = data.asked.flatMap((origin) => data.asked.map((destination) => ({ origin, destination })));
  return { rate, pairs: pairs.map((pair, i) => ({ ...pair, route: `${pair.origin}-${pair.destination}`, answer: ANSWERS[digits[i]] })) };
}

const relative = (estimate, exact) => (estimate === exact ? 0 : (100 * (estimate - exact)) / Math.abs(exact));
const errors = [
  ...days.flatMap((day) => ['p50', 'p90', 'p99'].map((of, i) =>
    ({ of, promise: 1, time: day.time, sketch: day[of], exact: exactDelays.get(day.time)[i], error: relative(day[of], exactDelays.get(day.time)[i]) }))),
  ...different.map(({ time, estimate, exact }) => ({ of: 'routes', promise: 3.08, time, sketch: estimate, exact, error: relative(estimate, exact) })),
];
const worst = (rows) => Math.max(...rows.map(({ error }) => Math.abs(error)));
const median = (rows) => rows.map(({ error }) => Math.abs(error)).sort((a, b) => a - b)[rows.length >> 1];

// ---- words ----------------------------------------

const number = (x, digits = 0) => x.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const digits = (x, significant = 2) => x.toLocaleString('en-US', { maximumSignificantDigits: significant });
const percent = (part, whole) => `${digits((100 * part) / whole)} %`;
const utc = (options) => new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options });
const date = utc({ day: 'numeric', month: 'long', year: 'numeric' });
const weekday = utc({ weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' });
const month = utc({ month: 'long', year: 'numeric' });

function size(bytes) {
  return bytes < 1e6 ? `${number(bytes / 1e3)} kB` : `${digits(bytes / 1e6, 3)} MB`;
}
function milliseconds(ms) {
  return ms < 1000 ? `${digits(ms)} ms` : `${number(ms / 1000, 1)} s`;
}
function minutes(x) {
  const whole = Math.round(Math.abs(x));
  const [h, m] = [Math.floor(whole / 60), whole % 60];
  const text = [h ? `${h} h` : '', m || !h ? `${m} min` : ''].filter(Boolean).join(' ');
  return x <= -0.5 ? `${text} early` : whole === 0 ? 'on time' : `${text} late`;
}
function nameOf({ grain, start, stop }) {
  switch (grain) {
    case 'day': return weekday.format(start);
    case 'week': return `Week of ${date.format(start)}`;
    case 'month': return month.format(start);
    default: return date.formatRange(start, stop - 2 * HOUR);
  }
}
// In little room: without the year, if the data have one only.
const year = utc({ year: 'numeric' });
const oneYear = year.format(all.start) === year.format(all.stop - 2 * HOUR);
const brief = (options) => utc(oneYear ? options : { ...options, year: 'numeric' });
const [briefDate, briefDay, briefMonth] = [brief({ day: 'numeric', month: 'short' }), brief({ weekday: 'short', day: 'numeric', month: 'short' }), brief({ month: 'long' })];
function briefNameOf({ grain, start, stop }) {
  switch (grain) {
    case 'day': return briefDay.format(start);
    case 'month': return briefMonth.format(start);
    default: return briefDate.formatRange(start, stop - 2 * HOUR);
  }
}
// What a sketch estimates is said to be near the truth, what it knows is not.
const about = ({ estimate, lower, upper }) => (lower === upper ? number(estimate) : `about ${number(estimate)}`);
const within = (interval) => ({ all: 'In all', day: 'On this day', week: 'In this week', month: 'In this month' })[interval.grain];

// A number and its unit stay on one line.
const bind = (text) => text.replace(/(\d) (?=(%|kB|MB|bytes|ms|min|[sh])(\W|$))/g, '$1\u00a0');

// Sets the sentence, with *important* parts strong.
function tell(id, sentence) {
  $(id).replaceChildren(...bind(sentence).split('*').map((part, i) => {
    if (i % 2 === 0) return part;
    const strong = document.createElement(id === 'title' ? 'em' : 'strong');
    strong.textContent = part;
    return strong;
  }));
}

// ---- what does not change ----------------------------------------

const { stored, loads } = data; // bytes of the roll-ups and of the table; how long it took to fill them
const bytesOf = (type) => data.bytes.filter((row) => row.type === type).reduce((sum, { bytes, sketches }) => sum + bytes / sketches, 0);
const around = { question: 'Row headers, indexes, free space', bytes: stored.sketches - data.bytes.reduce((sum, { bytes }) => sum + bytes, 0) };
const delayErrors = errors.filter(({ of }) => of !== 'routes');
const routeErrors = errors.filter(({ of }) => of === 'routes');
const inBounds = different.filter(({ lower, upper, exact }) => lower <= exact && exact <= upper);
const faster = data.speed.map(({ sketches, rows }) => rows / sketches);
const byDay = data.speed[1];

function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

function writeWords() {
  tell('title', `${number(all.flights)} flights, answered from *${size(stored.sketches)} of sketches*`);
  document.title = $('title').textContent;
  tell('lede', `Here it keeps sketches of five types for each of *${number(hours.length)} hours* (${nameOf(all)}), and one of the routes for each day, while flights are inserted. Every picture is drawn from them, merged to ` +
    `whatever was asked; the ${size(stored.rows)} of rows were read only for the exact answers beside them.`);
  const facts = [
    [percent(stored.sketches, stored.rows), `of the bytes: ${size(stored.sketches)} are the roll-ups with their sketches, ${size(stored.rows)} the table of rows`],
    [`${number(median(delayErrors), 2)} %`, `is the median error of ${number(delayErrors.length)} daily percentiles; 1 % is promised`],
    [`${digits(byDay.rows / byDay.sketches)}×`, `faster: percentiles of each day in ${milliseconds(byDay.sketches)} instead of ${milliseconds(byDay.rows)}`],
    [`${number(bytesOf('quantile_sketch'))} bytes`, 'hold the delays of one hour, on average'],
  ];
  $('facts').replaceChildren(...facts.map(([figure, meaning]) => element('div', element('dt', bind(meaning)), element('dd', bind(figure)))));
  $('families').tBodies[0].replaceChildren(...[...data.bytes, around, { question: 'In all', bytes: stored.sketches }].map(({ question, type, sketches, bytes }) => {
    const name = element('th', question, ...(type ? [' ', element('code', type)] : []));
    name.scope = 'row';
    return element('tr', name, element('td', sketches ? number(bytes / sketches) : ''), element('td', number(bytes / 1e6, 2)),
      element('td', bind(`${number((100 * bytes) / stored.rows, 1)} %`)));
  }));
  tell('different-tells', `The exact number was within the bounds on *${inBounds.length} of ${different.length} days*; ` +
    `the estimate was never off by more than *${number(worst(routeErrors), 1)} %*, from ${number(bytesOf('distinct_sketch'))} bytes an hour.`);
  tell('cost-tells', `Answers came *${digits(Math.min(...faster))} to ${digits(Math.max(...faster))} times* faster from sketches, ` +
    `and no daily percentile was off by more than *${number(worst(delayErrors), 2)} %*.`);
  const [alone, kept, compacted] = [loads.flights_alone, loads.flights, loads.deltas];
  tell('load-tells', `Keeping them made the load *${digits(kept.ms / alone.ms)} times* as long: ${number(kept.rows)} flights, a COPY for each of ${number(kept.statements)} days, took ` +
    `${milliseconds(kept.ms)} with both roll-ups and ${milliseconds(alone.ms)} without, so *${digits((1000 * (kept.ms - alone.ms)) / kept.rows)} microseconds* a flight. ` +
    `The answers were right after each day; to make them fast, ${milliseconds(compacted.ms)} went into merging ${number(compacted.rows)} pieces.`);
  $('delays-few').lastChild.textContent = `fewer than ${FEW} flights: no percentile`;
  $('airport').replaceChildren(...data.asked.map((airport) => new Option(departures(all, airport).exact ? airport : `${airport} (no airport)`, airport)));
  tell('colophon', `Made by the demo of sketch_ext on PostgreSQL ${data.server.split(' ')[0]}. Times are medians of three runs, and times of day are as airports tell them. ` +
    'Data: flights of 2001 in the United States, from vega-datasets. Drawn by Vega-Lite.');
}

// ---- the rows that pictures show ----------------------------------------

let chosen = all;
let shown = [all.start, all.stop]; // the window of the first picture: the chosen interval, or what the strip's brush says

const isHourly = () => shown[1] - shown[0] <= 14 * DAY;

// Rows as steps of a path, each as wide as its time, and the gaps between them: where there are too few flights, or none,
// a row without numbers breaks the path.
function steps(rows, [from, to], width) {
  const enough = new Map(rows.filter(({ flights }) => flights >= FEW).map((row) => [row.time, row]));
  const path = [];
  const gaps = [];
  let last;
  for (let time = from; time < to; time += width) {
    const row = enough.get(time);
    const stop = time + width;
    if (!row) {
      path.push({ time });
      if (gaps.length && gaps[gaps.length - 1].stop === time) gaps[gaps.length - 1].stop = stop;
      else gaps.push({ start: time, stop });
      continue;
    }
    path.push({ ...row, middle: time + width / 2 });
    if (stop >= to || !enough.has(stop)) path.push(last = { ...row, time: stop }, { time: stop });
  }
  if (last) last.last = true;
  return { path: [...path, { time: to }], gaps: gaps.length ? gaps : [{ start: from, stop: from }] }; // Vega has no extent of no rows
}
function delaySteps() {
  const [rows, width] = isHourly() ? [hours, HOUR] : [days, DAY];
  const round = (time) => Math.round(time / width) * width;
  return steps(rows, [Math.max(round(shown[0]), rows[0].time), Math.min(round(shown[1]), rows[rows.length - 1].time + width)], width);
}

const share = ({ counts, flights }) => counts.map((count) => (100 * count) / flights);
const largestShare = Math.ceil(Math.max(...intervals.flatMap(share)));

function distributionRows(interval = chosen) {
  const [shares, ofAll] = [share(interval), share(all)];
  const { from, to, step } = MINUTES;
  const rows = shares.map((part, i) => {
    const [lower, upper] = [from + (i - 1) * step, from + i * step];
    const name = i === 0 ? `${from} min or earlier` : lower === to ? `more than ${to} min` : `above ${lower}, up to ${upper} min`;
    return { from: lower, to: upper, share: part, ofAll: ofAll[i], flights: interval.counts[i], name };
  });
  return [...rows, { from: to + step, ofAll: ofAll[ofAll.length - 1] }]; // where the outline ends
}
const percentileRows = (interval = chosen) => ['p50', 'p90', 'p99'].map((of) => ({ of, at: interval[of] })).filter(({ at }) => at <= MINUTES.to);
const chosenRows = () => [{ start: chosen.start, stop: Math.min(chosen.stop, lastDay), opacity: chosen === all ? 0 : 0.1 }];

let airport = data.asked[0];
const departureRows = () => days.map((day) => departures(day, airport));
// A row without numbers for each day that has none, so that no line is drawn through it.
function daily(rows) {
  const byTime = new Map(rows.map((row) => [row.time, row]));
  const times = [];
  for (let time = all.start; time <= lastDay; time += DAY) times.push(byTime.get(time) ?? { time });
  return times;
}
