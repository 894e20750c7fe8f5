// ---- pictures ----------------------------------------

const dark = matchMedia('(prefers-color-scheme: dark)');
let color;

function config() {
  const font = 'Inter, system-ui, sans-serif';
  return {
    font, background: null, padding: 0, view: { stroke: null }, aria: false,
    axis: {
      domain: false, ticks: false, grid: true, gridColor: color.line, labelColor: color.quiet, titleColor: color.quiet,
      labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400, labelPadding: 6, labelFont: font, titleFont: font,
    },
    axisX: { grid: false, titlePadding: 8, labelFlush: true },
    text: { font, fontSize: 12, fill: color.quiet },
  };
}

// The title of a vertical axis stands above it, to be read without turning the head.
const above = (title) => ({ title, titleAngle: 0, titleAlign: 'left', titleAnchor: 'end', titleBaseline: 'bottom', titleX: 0, titleY: -8 });
const timeAxis = {
  title: null, tickCount: { expr: 'width < 420 ? 4 : 8' }, labelOverlap: true, labelSeparation: 8, labelFlush: false, offset: 6,
  format: { year: '%-d %b', quarter: '%-d %b', month: '%-d %b', week: '%-d %b', date: '%-d %b', hours: '%H:00' },
};
const timeScale = { type: 'utc' };
const timeText = (field) => ({ timeUnit: 'utcyearmonthdatehours', field, title: 'time', format: '%a %d %b %Y, %H:00', type: 'temporal' });
const dayText = (field) => ({ field, title: 'day', format: '%a %d %b %Y', type: 'temporal', scale: { type: 'utc' }, timeUnit: 'utcyearmonthdate' });
const nearest = { name: 'hover', select: { type: 'point', on: 'pointermove', nearest: true, clear: 'pointerout', encodings: ['x'] } };

const MARGIN = { left: 34, right: 30 }; // of the first picture, so that the strip below is in line with it

const specs = {
  delays: () => ({
    height: 300,
    data: { name: 'shown', values: delaySteps().path },
    encoding: { x: { field: 'time', type: 'temporal', scale: timeScale, axis: timeAxis } },
    layer: [
      { data: { name: 'gaps', values: delaySteps().gaps }, mark: { type: 'rect', color: color.field },
        encoding: { x: { field: 'start', type: 'temporal' }, x2: { field: 'stop' } } },
      { mark: { type: 'area', color: color.bandLight, interpolate: 'step-after' },
        encoding: { y: { field: 'p99', type: 'quantitative', axis: { ...above('delay, minutes'), tickCount: 6, minExtent: MARGIN.left, maxExtent: MARGIN.left } }, y2: { field: 'p90' } } },
      { mark: { type: 'area', color: color.band, interpolate: 'step-after' }, encoding: { y: { field: 'p90', type: 'quantitative' }, y2: { field: 'p50' } } },
      { mark: { type: 'line', color: color.sketchDark, strokeWidth: 2, interpolate: 'step-after' }, encoding: { y: { field: 'p50', type: 'quantitative' } } },
      ...['p50', 'p90', 'p99'].map((of) => ({
        transform: [{ filter: 'datum.last' }],
        mark: { type: 'text', align: 'left', dx: 6, text: of, fill: color.ink, fontWeight: 500 },
        encoding: { y: { field: of, type: 'quantitative' } },
      })),
      { transform: [{ filter: 'isValid(datum.middle)' }], params: [nearest], mark: { type: 'rule', color: color.ink },
        encoding: {
          x: { field: 'middle', type: 'temporal' },
          opacity: { condition: { param: 'hover', empty: false, value: 0.5 }, value: 0 },
          tooltip: [timeText('time'), { field: 'flights', format: ',' }, ...['p50', 'p90', 'p99'].map((field) => ({ field, format: '.1f', title: `${field}, min` }))],
        } },
    ],
  }),

  overview: () => ({
    height: 54,
    padding: { left: MARGIN.left, right: MARGIN.right },
    data: { values: steps(days, [days[0].time, lastDay + DAY], DAY).path },
    encoding: { x: { field: 'time', type: 'temporal', scale: timeScale, axis: { ...timeAxis, tickCount: { expr: 'width < 420 ? 3 : 6' }, labelFlush: true } } },
    layer: [
      { params: [{ name: 'brush', select: { type: 'interval', encodings: ['x'], mark: { fill: color.ink, fillOpacity: 0.12, stroke: color.ink, strokeOpacity: 0.6 } } }],
        mark: { type: 'area', color: color.bandLight, interpolate: 'step-after' }, encoding: { y: { field: 'p99', type: 'quantitative', axis: null }, y2: { field: 'p90' } } },
      { mark: { type: 'area', color: color.band, interpolate: 'step-after' }, encoding: { y: { field: 'p90', type: 'quantitative' }, y2: { field: 'p50' } } },
    ],
  }),

  distribution: (interval) => ({
    height: 260,
    data: { name: 'shown', values: distributionRows(interval) },
    encoding: {
      x: { field: 'from', type: 'quantitative', scale: { domain: [MINUTES.from - MINUTES.step, MINUTES.to + MINUTES.step], nice: false },
           axis: { title: 'delay, minutes', values: { expr: 'width < 500 ? [0, 60, 120, 180] : [-30, 0, 30, 60, 90, 120, 150, 180]' }, labelFlush: false, labelExpr: `datum.value === ${MINUTES.from} ? '≤ −30' : datum.value === ${MINUTES.to} ? '> 180' : datum.label` } },
    },
    layer: [
      { transform: [{ filter: 'isValid(datum.share)' }],
        mark: { type: 'rect', color: color.band, stroke: color.card, strokeWidth: 1 },
        encoding: { x2: { field: 'to' },
                    y: { field: 'share', type: 'quantitative', scale: interval ? { zero: true } : { domain: [0, largestShare] }, axis: { ...above('% of the flights'), tickCount: 5 } }, y2: { datum: 0 },
                    tooltip: [{ field: 'name', title: 'delay' }, { field: 'flights', format: ',' }, { field: 'share', format: '.2f', title: '%' }, { field: 'ofAll', format: '.2f', title: 'of all flights, %' }] } },
      { mark: { type: 'line', interpolate: 'step-after', color: color.ink, strokeWidth: 1.25 }, encoding: { y: { field: 'ofAll', type: 'quantitative' } } },
      { data: { name: 'percentiles', values: percentileRows(interval) }, mark: { type: 'rule', color: color.sketchDark, strokeDash: [3, 3], strokeWidth: 1.25 },
        encoding: { x: { field: 'at', type: 'quantitative' } } },
      { data: { name: 'percentiles', values: percentileRows(interval) }, mark: { type: 'text', align: 'left', baseline: 'top', dx: 4, fill: color.ink, fontWeight: 500 },
        encoding: { x: { field: 'at', type: 'quantitative' }, y: { value: 0 }, text: { field: 'of' } } },
    ],
  }),

  top: (label, rows, counts = ['estimate', 'lower', 'upper', 'exact']) => ({
    height: 27 * rows.length,
    data: { name: 'shown', values: rows },
    encoding: { y: { field: 'item', type: 'nominal', sort: { field: 'rank', op: 'min' }, axis: { title: null, grid: true, labelColor: color.ink, labelFontWeight: 500, labelLimit: 110 } } },
    layer: [
      { mark: { type: 'rule', color: color.sketch, strokeWidth: 2 },
        encoding: { x: { field: 'lower', type: 'quantitative', scale: { zero: false, nice: true, padding: 10 },
                         axis: { title: label, labelExpr: "format(datum.value, datum.value < 10000 ? ',' : '~s')", tickCount: { expr: 'width < 300 ? 3 : 5' }, grid: true, labelFlush: false } },
                    x2: { field: 'upper' } } },
      ...['lower', 'upper'].map((field) => ({ mark: { type: 'tick', color: color.sketch, thickness: 2, size: 11 }, encoding: { x: { field, type: 'quantitative' } } })),
      { mark: { type: 'point', filled: true, size: 75, opacity: 1, color: color.sketch },
        encoding: { x: { field: 'estimate', type: 'quantitative' },
                    tooltip: [{ field: 'item', title: ' ' }, ...counts.map((field) => ({ field, format: ',' }))] } },
      ...(!counts.includes('exact') ? [] : [{ mark: { type: 'point', shape: 'diamond', size: 120, strokeWidth: 1.75, stroke: color.exact, opacity: 1 },
        encoding: { x: { field: 'exact', type: 'quantitative' },
                    tooltip: [{ field: 'item', title: ' ' }, ...counts.map((field) => ({ field, format: ',' }))] } }]),
      { mark: { type: 'text', align: 'right', dx: 60, fill: color.ink }, encoding: { x: { value: 'width' }, text: { field: 'estimate', format: ',' } } },
    ],
  }),

  daily: (label, rows, zero) => ({
    height: 260,
    data: { name: 'shown', values: daily(rows) },
    encoding: { x: { field: 'time', type: 'temporal', scale: timeScale, axis: timeAxis } },
    layer: [
      { data: { name: 'chosen', values: chosenRows() }, mark: { type: 'rect', color: color.ink },
        encoding: { x: { field: 'start', type: 'temporal' }, x2: { field: 'stop' }, opacity: { field: 'opacity', type: 'quantitative', scale: null } } },
      { mark: { type: 'area', color: color.bandLight, interpolate: 'monotone' },
        encoding: { y: { field: 'lower', type: 'quantitative', scale: { zero }, axis: { ...above(label), tickCount: 5, tickMinStep: 1 } }, y2: { field: 'upper' } } },
      { mark: { type: 'line', color: color.sketch, strokeWidth: 1.75, interpolate: 'monotone' }, encoding: { y: { field: 'estimate', type: 'quantitative' } } },
      { mark: { type: 'point', filled: true, size: 14, opacity: 1, color: color.exact }, encoding: { y: { field: 'exact', type: 'quantitative' } } },
      { transform: [{ filter: 'isValid(datum.estimate)' }], params: [nearest], mark: { type: 'rule', color: color.ink },
        encoding: {
          opacity: { condition: { param: 'hover', empty: false, value: 0.5 }, value: 0 },
          tooltip: [dayText('time'), ...['estimate', 'lower', 'upper', 'exact'].map((field) => ({ field, format: ',' }))],
        } },
    ],
  }),

  membership: () => ({
    height: 18 * data.asked.length,
    data: { name: 'shown', values: answers(chosen).pairs },
    mark: { type: 'rect', stroke: color.card, strokeWidth: 1.5 },
    encoding: {
      x: { field: 'destination', type: 'nominal', sort: data.asked, axis: { title: 'to', labelAngle: { expr: 'width < 600 ? -90 : 0' }, labelAlign: { expr: "width < 600 ? 'right' : 'center'" }, labelBaseline: { expr: "width < 600 ? 'middle' : 'top'" } } },
      y: { field: 'origin', type: 'nominal', sort: data.asked, axis: { ...above('from'), grid: false } },
      color: { field: 'answer', type: 'nominal', scale: { domain: ANSWERS, range: [color.field, color.sketch, color.ink, color.exact] }, legend: null },
      tooltip: [{ field: 'route', title: ' ' }, { field: 'answer', title: 'flown?' }],
    },
  }),

  errors: () => ({
    height: 160,
    data: { values: errors },
    encoding: { y: { field: 'of', type: 'nominal', sort: null, axis: { title: null, grid: false, labelColor: color.ink, labelFontWeight: 500 } } },
    layer: [
      { transform: [{ aggregate: [{ op: 'max', field: 'promise', as: 'promise' }], groupby: ['of'] }, { calculate: '-datum.promise', as: 'minus' }],
        mark: { type: 'bar', color: color.field, height: 32, cornerRadius: 4 },
        encoding: { x: { field: 'minus', type: 'quantitative', axis: { title: 'error, % of the exact answer', labelExpr: "(datum.value > 0 ? '+' : '') + datum.label", grid: true, tickCount: 7 } }, x2: { field: 'promise' } } },
      { transform: [{ calculate: 'random()', as: 'jitter' }],
        mark: { type: 'point', filled: true, size: 22, color: color.sketch, opacity: 0.45 },
        encoding: {
          x: { field: 'error', type: 'quantitative' }, yOffset: { field: 'jitter', type: 'quantitative', scale: { domain: [-0.25, 1.25] } },
          tooltip: [dayText('time'), { field: 'of', title: 'of' }, { field: 'sketch', format: ',.2~f' }, { field: 'exact', format: ',.2~f' }, { field: 'error', format: '+.2f', title: 'error, %' }],
        } },
    ],
  }),

  speed: () => ({
    height: 46 * data.speed.length,
    data: { values: data.speed.map((row) => ({ ...row, text: `${digits(row.rows / row.sketches)}× faster` })) },
    encoding: { y: { field: 'question', type: 'nominal', sort: null, axis: null } },
    layer: [
      { mark: { type: 'rule', color: color.line, strokeWidth: 3, yOffset: 9 },
        encoding: { x: { field: 'sketches', type: 'quantitative', scale: { type: 'log', nice: true },
                         axis: { title: 'milliseconds, logarithmic', values: [0.01, 0.1, 1, 10, 100, 1000, 10000, 100000], format: ',~f' } },
                    x2: { field: 'rows' } } },
      ...[['sketches', 'circle', color.sketch, 95], ['rows', 'diamond', color.exact, 95]].map(([field, shape, fill, area]) => ({
        mark: { type: 'point', shape, filled: true, fill, size: area, opacity: 1, yOffset: 9 },
        encoding: { x: { field, type: 'quantitative' },
                    tooltip: [{ field: 'question' }, { field: 'sketches', format: ',.1f', title: 'sketches, ms' }, { field: 'rows', format: ',.1f', title: 'rows, ms' }] },
      })),
      { mark: { type: 'text', align: 'left', dy: -9, fill: color.ink }, encoding: { x: { value: 0 }, text: { field: 'question' } } },
      { mark: { type: 'text', align: 'right', dy: -9, fontWeight: 600, fill: color.sketch }, encoding: { x: { value: 'width' }, text: { field: 'text' } } },
    ],
  }),

  bytes: () => ({
    height: 46 * (data.bytes.length + 2),
    data: { values: [...[...data.bytes, around].map(({ question, bytes }) => ({ what: question, bytes, kind: 'sketch', text: size(bytes) })),
                     { what: 'The rows themselves', bytes: stored.rows, kind: 'rows', text: size(stored.rows) }] },
    encoding: { y: { field: 'what', type: 'nominal', sort: null, axis: null } },
    layer: [
      { mark: { type: 'bar', height: 10, yOffset: 9 },
        encoding: { x: { field: 'bytes', type: 'quantitative', axis: { title: 'MB', labelExpr: 'datum.value / 1e6', tickCount: { expr: 'width < 420 ? 4 : 8' }, labelOverlap: true, labelSeparation: 8 } },
                    color: { field: 'kind', type: 'nominal', scale: { domain: ['sketch', 'rows'], range: [color.sketch, color.exact] }, legend: null },
                    tooltip: [{ field: 'what', title: ' ' }, { field: 'bytes', format: ',' }] } },
      { mark: { type: 'text', align: 'left', dy: -9, fill: color.ink }, encoding: { x: { value: 0 }, text: { field: 'what' } } },
      { mark: { type: 'text', align: 'right', dy: -9, fontWeight: 600, fill: color.ink }, encoding: { x: { value: 'width' }, text: { field: 'text' } } },
    ],
  }),
};
specs.airports = () => specs.top('departures', topAirports(chosen));
specs.routes = () => specs.top('flights', topRoutes(chosen));
specs.different = () => specs.daily('different routes a day', different, false);
specs.frequency = () => specs.daily('departures a day', departureRows(), true);

const views = {};
async function draw(id, spec) {
  views[id]?.finalize();
  const { view } = await vegaEmbed($(id), { width: 'container', autosize: { type: 'fit-x', contains: 'padding' }, config: config(), ...spec },
    { mode: 'vega-lite', renderer: 'svg', actions: false, ast: true, tooltip: { theme: 'custom' } });
  views[id] = view;
}

// Each picture is one image with a text: its marks would be thousands of things to listen to.
function describe(id, text) {
  $(id).setAttribute('role', 'img');
  $(id).setAttribute('aria-label', text);
}

// Vega numbers the objects that it is given: without copies, rows of several pictures would come with one number.
const copy = (rows) => rows.map((row) => Object.fromEntries(Object.entries(row)));
const show = (id, rows, name = 'shown') => views[id].data(name, copy(rows)).runAsync();
