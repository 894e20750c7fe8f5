// What the package of bindings/wasm promises, wherever it runs: package_test.mjs calls this in Node and in a browser.

// The same numbers everywhere, with no two alike in a row.
function* randoms(seed) {
  for (let x = seed >>> 0; ;) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x / 2 ** 32;
  }
}
const some = (count, of, seed = 1) => {
  const random = randoms(seed);
  return Array.from({ length: count }, (_, i) => of(random.next().value, i));
};

function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

const hexOf = (bytes) => `\\x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
const MAX = 2n ** 63n - 1n;

/** test(condition, name, detail); golden: { family: text of test/golden/family.txt }. */
export function run({ Quantile, Distinct, Frequency, TopK, Membership, SketchError }, { memory }, golden, test) {
  const families = { quantile: Quantile, distinct: Distinct, frequency: Frequency, topk: TopK, membership: Membership };
  const refused = (call, ...errors) => errors.some((error) => thrown(call) instanceof error);

  // ---- laws ----------------------------------------

  const numbers = some(20000, (x, i) => (i % 7 === 0 ? -1 : 1) * Math.exp(20 * x));
  const texts = some(20000, (x) => `/ä/${Math.floor(3000 * x * x)}`);
  const weights = some(20000, (x) => Math.floor(5 * x), 3);
  const makers = {
    'quantile, weighted': [() => new Quantile(), numbers, weights],
    'quantile, fine': [() => new Quantile({ accuracy: 0.0005 }), Float64Array.from(numbers)],
    'distinct of tokens': [() => new Distinct({ precision: 16 }), texts],
    'distinct of registers': [() => new Distinct({ precision: 8 }), texts],
    'frequency, exact': [() => new Frequency({ error: 0.0001 }), texts, weights],
    'frequency, of counters': [() => new Frequency({ error: 0.01 }), texts, weights.map(BigInt)],
    'topk, exact': [() => new TopK({ k: 2000 }), texts, weights],
    'membership of tokens': [() => new Membership({ expectedItems: 100000 }), texts],
    'membership of blocks': [() => new Membership({ expectedItems: 5000, falsePositiveRate: 0.01 }), texts],
  };
  for (const [name, [make, rows, their]] of Object.entries(makers)) {
    const whole = make().addMany(rows, their);
    const parts = [0, 1, 17, 4000, 4001, 19999].map((from, i, all) =>
      make().addMany(rows.slice(from, all[i + 1]), their?.slice(from, all[i + 1])),
    );
    const merged = parts.reduceRight((sum, part, i) => (i % 2 ? sum.merge(part) : part.merge(sum.bytes())));
    test(merged.equals(whole) && merged.toString() === whole.toString(), `${name}: merged parts are the whole`);
    const one = make();
    rows.forEach((x, i) => (their ? one.add(x, their[i]) : one.add(x)));
    test(one.equals(whole), `${name}: so are rows that come one by one`);
    const again = whole.constructor.fromBytes(`${whole}`);
    test(
      same(again.bytes(), whole.bytes()) &&
        `${whole}` === hexOf(whole.bytes()) &&
        JSON.stringify([whole]) === JSON.stringify([`${whole}`]),
      `${name}: bytes and text, and back`,
    );
    const later = typeof rows[0] === 'number' ? 12.5 : 'one more',
      grown = make().addMany(rows, their).add(later);
    test(again.add(later).equals(grown) && !again.equals(whole), `${name}: what was packed goes on`);
    const twice = make().addMany(rows, their).merge(whole);
    test(whole.merge(whole).equals(twice), `${name}: merged with itself`);
  }
  const few = new TopK({ k: 5 }).addMany(texts);
  const unknown = [[Quantile, { acuracy: 0.1 }], [Membership, { expected_items: 5 }], [Quantile, { type: 'text' }]];
  test(unknown.every(([Family, options]) => thrown(() => new Family(options)) instanceof TypeError), 'an option that there is not is an error');
  const kinds = ['01', '02', '03', '05', '06', '08', '09', '0a', '0b', '0d'];
  const taken = kinds.filter((kind) => !(thrown(() => TopK.fromBytes(`\\x010400${kind}f5020500010802fffe00200037`)) instanceof SketchError));
  test(taken.length === 0, 'topk: items that are no value of their kind are refused', taken);
  test([-1, NaN, 'x'].every((n) => thrown(() => few.top(n)) instanceof RangeError), 'topk: no number of items is an error');
  test(TopK.fromBytes(few.bytes()).equals(few) && few.info().offset > 0, 'topk with dropped items: bytes and back');
  const [left, right] = [
    new TopK({ k: 5 }).addMany(texts.slice(0, 9000)),
    new TopK({ k: 5 }).addMany(texts.slice(9000)),
  ];
  test(
    TopK.fromBytes(left.bytes())
      .merge(right.bytes())
      .equals(TopK.fromBytes(`${left}`).merge(right)),
    'and merged, packed or not, they are one',
  );

  // ---- golden bytes ----------------------------------------

  for (const [family, text] of Object.entries(golden)) {
    // Large ones are there by their hash only.
    const lines = [...text.matchAll(/^(.*)\t([0-9a-f]+)$/gm)].map(([, ...line]) => line);
    let others = 0; // of topk, whose bytes are what counts there: items that are no values of their kind
    const wrong = lines.filter(([name, hex]) => {
      if (name.includes('fraction')) return false; // states of an aggregate on their way to another process, no values
      const packed = `\\x${hex}`;
      if (family === 'topk' && thrown(() => TopK.fromBytes(packed)) instanceof SketchError) return (others += 1) === 0;
      const sketch = families[family].fromBytes(packed);
      const copy = families[family].fromBytes(packed).merge(sketch),
        other = families[family].fromBytes(packed).merge(packed);
      sketch.info();
      return !(sketch.toString() === packed && copy.equals(other));
    });
    test(
      lines.length - others > 50 && wrong.length === 0,
      `${lines.length - others} golden sketches of ${family} are read, written and merged`,
      wrong[0]?.[0],
    );
  }
  const expected = (family, name) => `\\x${new RegExp(`^${name}\t(.*)$`, 'm').exec(golden[family])[1]}`;
  test(
    `${new Quantile().addMany([NaN, Infinity, -Infinity, 0, -0, 1, -1, 5e-324, -5e-324, 1.7e308])}` ===
      expected('quantile', 'specials and others') &&
      `${new Quantile().addMany([5e-324, 1e-310, 2e-308])}` === expected('quantile', 'subnormal') &&
      `${new Quantile().add(Number.MAX_VALUE).add(-Number.MAX_VALUE)}` === expected('quantile', 'largest') &&
      `${new Quantile().add(2.5, 3)}` === expected('quantile', 'equal'),
    'rows of some of them give these bytes',
  );

  // ---- answers ----------------------------------------

  const q = new Quantile().addMany(Array.from({ length: 1000 }, (_, i) => i + 1));
  const near = (x, y, error = 0.01) => Math.abs(x / y - 1) <= error;
  const { lower, upper } = q.percentileBounds(0.99);
  test(
    near(q.percentile(0.5), 500.5) && lower <= 990.01 && upper >= 990.01 && same(q.percentiles([0, 1]), [1, 1000]),
    'percentiles',
    q.percentiles([0.5]),
  );
  test(near(q.sum(), 500500) && near(q.mean(), 500.5) && Math.abs(q.rank(500) - 0.5) < 0.01, 'sum, mean and rank');
  test(
    q.min === 1 && q.max === 1000 && q.total === 1000 && q.info().whole && q.info().currentAccuracy === 0.01,
    'extremes and info',
    q.info(),
  );
  const histogram = q.histogram([0, 1, 500, 1000]);
  test(
    histogram.length === 5 &&
      histogram.reduce((a, b) => a + b) === 1000 &&
      histogram[0] === 0 &&
      histogram[1] === 1 &&
      near(histogram[2], 499) &&
      histogram[4] === 0,
    'a histogram',
    histogram,
  );
  test(same(q.histogram([]), [1000]), 'and one without bounds');
  const empty = new Quantile();
  test(
    [
      empty.percentile(0.5),
      empty.percentiles([0.5]),
      empty.percentileBounds(0),
      empty.rank(1),
      empty.sum(),
      empty.mean(),
      empty.min,
      empty.max,
    ].every((x) => x === null) &&
      empty.total === 0 &&
      same(empty.histogram([1]), [0, 0]),
    'an empty one has none',
  );
  const d = new Distinct().addMany(texts);
  test(
    near(d.count(), new Set(texts).size, 0.06) &&
      d.bounds().lower < d.count() &&
      d.bounds().upper > d.bounds(0.5).upper,
    'a count and its bounds',
    [d.count(), d.bounds()],
  );
  test(
    new Distinct().count() === 0 && new Distinct().info().type === null && d.info().type === 'text',
    'kinds of items',
  );
  const f = new Frequency().addMany(['a', 'b', 'a']);
  test(
    f.count('a') === 2 && f.count('z') === 0 && f.bounds('b').lower === 1 && f.bounds('b').upper === 1,
    'frequencies',
  );
  const busy = new Frequency({ error: 0.04 }).addMany(texts),
    most = new TopK().addMany(texts).top(1)[0];
  test(
    busy.bounds(most.item).upper >= most.lower && busy.count(most.item) >= busy.bounds(most.item).lower,
    'of counters, too',
  );
  test(
    JSON.stringify(new TopK({ k: 2 }).addMany(['a', 'b', 'b', 'c', 'c', 'c']).top()) ===
      '[{"item":"c","estimate":3,"lower":3,"upper":3},{"item":"b","estimate":2,"lower":2,"upper":2}]',
    'the first two',
  );
  test(
    new TopK()
      .addMany(['b', 'a', 'c'])
      .top(2)
      .map(({ item }) => item)
      .join() === 'a,b' &&
      new TopK().top().length === 0 &&
      new TopK().add('x').top(0).length === 0,
    'equal ones by their bytes, and as many as are asked for',
  );
  const m = new Membership({ expectedItems: 3000 }).addMany(texts);
  test(
    texts.every((text) => m.has(text)) &&
      some(1000, (_, i) => m.has(`not ${i}`)).filter(Boolean).length < 50 &&
      m.falsePositiveRate() <= 0.01 &&
      !new Membership().has(1),
    'a filter',
  );

  // ---- parameters ----------------------------------------

  for (const [name, Sketch, option, least, most_, beyond] of [
    ['accuracy', Quantile, 'accuracy', 0.00015625, 1, [0, -1, 1.1, NaN, 0.0001]],
    ['precision', Distinct, 'precision', 4, 16, [3, 17, 4.5, NaN, 2 ** 32 + 4]],
    ['error', Frequency, 'error', 0.0000026, 0.04, [0, -1, 1, NaN]],
    ['k', TopK, 'k', 1, 100000, [0, -1, 100001, 1.5, 2 ** 32 + 1]],
    ['falsePositiveRate', Membership, 'falsePositiveRate', 0.00001, 0.5, [0, 0.000001, 0.6, NaN]],
    ['expectedItems', Membership, 'expectedItems', 1, 10_000_000, [0, -1, 1.5, 2n ** 63n, 1e18]],
  ]) {
    const made = [least, most_].map((value) => new Sketch({ [option]: value }).add(5));
    test(
      made.every((sketch) => Sketch.fromBytes(sketch.bytes()).equals(sketch)),
      `${name}: the smallest and the largest`,
    );
    test(
      beyond.every((value) => refused(() => new Sketch({ [option]: value }), SketchError)),
      `${name}: beyond`,
      beyond.find((value) => !refused(() => new Sketch({ [option]: value }), SketchError)),
    );
    test(
      ['1', {}, true].every((value) => refused(() => new Sketch({ [option]: value }), TypeError, SketchError)),
      `${name}: no number`,
    );
  }
  test(
    new Distinct({ precision: 12 })
      .addMany(texts)
      .merge(new Distinct({ precision: 9 }))
      .equals(new Distinct({ precision: 9 }).addMany(texts)),
    'parameters merge to the coarser',
  );
  test(
    refused(() => new Distinct(12), TypeError) &&
      refused(() => new Distinct(null), TypeError) &&
      refused(() => new Distinct({ type: 'constructor' }), TypeError),
    'options are an object, and a type is one of SQL',
  );
  test(
    [-0.1, 1.1, NaN].every((p) => refused(() => q.percentile(p), SketchError)) &&
      refused(() => q.percentiles(0.5), TypeError) &&
      refused(() => q.percentile('0.5'), TypeError) &&
      refused(() => q.histogram([2, 1]), SketchError) &&
      refused(() => q.histogram([NaN]), SketchError) &&
      refused(() => d.bounds(0), SketchError) &&
      refused(() => d.bounds(2), SketchError),
    'what is asked is checked',
  );

  // ---- items ----------------------------------------

  const items = {
    bigint: [
      [3, -5, 0, 2 ** 40, -(2 ** 40), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2n ** 53n, MAX, -MAX - 1n],
      undefined,
    ],
    numeric: [
      [1.5, '-0.25', '1e30', 2n ** 64n, 7, 'NaN'],
      [1.5, '-0.25', `1${'0'.repeat(30)}`, `${2n ** 64n}`, 7, 'NaN'].map((x) =>
        typeof x === 'number' && x !== 7 ? `${x}` : x,
      ),
    ],
    float8: [[1.5, -0.5, 5e-324, Number.MAX_VALUE, Infinity, -Infinity, NaN, 0, 7], undefined],
    text: [
      ['', 'a', 'ä ß €', '😀'.repeat(9), 'x'.repeat(8192), 'exactly 24 characters ...', 'not quite ASCII ſ'],
      undefined,
    ],
    enum: [['sad', 'äußerst gelassen'], undefined],
    boolean: [[true, false], undefined],
    uuid: [['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'], undefined],
    date: [['2024-02-29', 'infinity', '4714-11-24 BC'], undefined],
    time: [['24:00:00', '12:34:56.7'], undefined],
    timestamp: [['2024-02-29 12:34:56.789', '-infinity'], undefined],
    timestamptz: [
      [new Date(1709210096789), '2024-02-29 12:34:56.789001+00'],
      ['2024-02-29 12:34:56.789+00', '2024-02-29 12:34:56.789001+00'],
    ],
    inet: [['10.1.2.3/8', '2001:db8::1', '::ffff:1.2.3.4', '::1.2.3.4', '1:0:0:2::', '::'], undefined],
  };
  for (const [type, [values, back = values]] of Object.entries(items)) {
    const top = new TopK({ type, k: 20 }).addMany(values);
    const given = top.top().map(({ item }) => item);
    test(
      given.length === values.length && back.every((value) => given.some((item) => Object.is(item, value))),
      `${type}: items come back`,
      given.map(String),
    );
    test(
      values.every(
        (value) =>
          new Membership({ type, expectedItems: 100 }).addMany(values).has(value) &&
          Membership.fromBytes(new Membership({ type }).addMany(values).bytes()).has(value),
      ) &&
        values.every((value) => new Frequency({ type }).addMany([...values, ...values]).count(value) === 2) &&
        new Distinct({ type }).addMany(values).count() === values.length,
      `${type}: and are found, also in bytes`,
    );
  }
  const pieces = [new Uint8Array(), new Uint8Array([0, 255]), new Uint8Array([0, 1, 2, 3]).subarray(1, 3)];
  test(
    new TopK()
      .addMany(pieces)
      .top()
      .map(({ item }) => `${item}`)
      .sort()
      .join(';') === ';0,255;1,2' && new Distinct().addMany(pieces).count() === 3,
    'bytea: items come back',
  );
  test(
    new Distinct().addMany([5, 5n, -0, 0]).equals(new Distinct({ type: 'numeric' }).addMany(['5.00', '0'])) &&
      new Distinct({ type: 'bigint' }).addMany(['5', '+5', '-9223372036854775808']).count() === 2,
    'equal numbers are one item, also as strings',
  );
  test(new Distinct({ type: 'float8' }).addMany([0, -0, NaN, -NaN]).count() === 2, 'there is one zero, and one NaN');
  test(
    new Distinct().add(new Date(1e12)).equals(new Distinct({ type: 'timestamptz' }).add('2001-09-09 01:46:40+00')),
    'a Date is a timestamptz',
  );
  test(
    Distinct.fromBytes(new Distinct({ type: 'float8' }).add(1.5).bytes())
      .add(1.5)
      .count() === 1 &&
      new Distinct()
        .merge(new Distinct({ type: 'uuid' }).add(items.uuid[0][0]))
        .add(items.uuid[0][0])
        .count() === 1,
    'what was packed, or merged, says of what type it is',
  );
  const long = 'ä'.repeat(300000),
    many = new Distinct().add(long).addMany(['a', long, 'b']);
  test(many.count() === 3 && new Frequency().add(long).count(long) === 1, 'a long text');
  test(
    refused(() => new TopK().add('x'.repeat(8193)), SketchError) &&
      new TopK({ type: 'numeric' }).add(`1${'0'.repeat(3000)}.5`).top()[0].item.length === 3003,
    'a topk sketch keeps long ones, up to a limit',
  );
  test(
    [null, undefined].every(
      (absent) =>
        new Distinct().add(absent).equals(new Distinct()) &&
        new Quantile().addMany([1, absent, 2]).equals(new Quantile().addMany([1, 2])),
    ) && new Frequency().addMany(['a', null, 'b'], [1, 2, 0]).equals(new Frequency().add('a')),
    'NULL is no row, nor is one of weight 0',
  );
  test(
    new Distinct()
      .addMany(new Set([1, 2]))
      .addMany(
        (function* () {
          yield 3;
        })(),
      )
      .addMany(new Uint8Array([4]))
      .addMany([])
      .count() === 4 &&
      new Quantile()
        .addMany(new BigInt64Array([1n]))
        .addMany(new Int16Array([-1]))
        .mean() === 0,
    'rows are whatever can be iterated',
  );
  const inner = new Distinct(),
    outer = new Distinct().addMany(
      (function* () {
        for (let i = 0; i < 5000; i++) {
          inner.add(`inner ${i}`);
          yield i;
        }
      })(),
    );
  test(
    outer.equals(new Distinct().addMany(Array.from({ length: 5000 }, (_, i) => i))) &&
      inner.equals(new Distinct().addMany(Array.from({ length: 5000 }, (_, i) => `inner ${i}`))),
    'who iterates may add elsewhere',
  );

  // ---- what is refused leaves the sketch as it was ----------------------------------------

  const strings = () => new Frequency().addMany(['a', 'b']);
  for (const [name, call, error, rows] of [
    ['a fraction without a type', (s) => s.add(1.5), TypeError],
    ['an object', (s) => s.add({}), TypeError],
    ['a symbol', (s) => s.add(Symbol('x')), TypeError],
    ['a lone surrogate', (s) => s.add('\ud800x'), SketchError],
    ['a long one', (s) => s.add(`${'x'.repeat(50)}\udc00`), SketchError],
    ['a NUL', (s) => s.add('a\0'), SketchError],
    ['another kind', (s) => s.add(5), SketchError],
    ['an invalid Date', (s) => s.add(new Date(NaN)), SketchError],
    ["a Date before PostgreSQL's first", (s) => s.add(new Date(-8.64e15)), SketchError],
    ['a weight with a fraction', (s) => s.add('a', 1.5), TypeError],
    ['a negative weight', (s) => s.add('a', -1), RangeError],
    ['a weight of 2^63', (s) => s.add('a', 2n ** 63n), RangeError],
    ['an inexact weight', (s) => s.add('a', 2 ** 53), TypeError],
    ['too many rows', (s) => s.add('a', MAX), SketchError],
    ['weights that are fewer', (s) => s.addMany(['a', 'b'], [1]), RangeError],
    ['a string of rows', (s) => s.addMany('ab'), TypeError],
    ['no rows', (s) => s.addMany(5), TypeError],
    ['another family', (s) => s.merge(q), TypeError],
    ['bytes of another family', (s) => s.merge(q.bytes()), SketchError],
    ['sketches of another kind', (s) => s.merge(new Frequency().add(5)), SketchError],
    ['no bytes', (s) => s.merge(5), TypeError],
    ['null', (s) => s.merge(null), TypeError],
    ['no digits', (s) => s.merge('\\x0'), SketchError],
    ['a text without \\x', (s) => s.merge('01'), SketchError],
    ['null as an item', (s) => s.count(null), TypeError],
    ['the third of many', (s) => s.addMany(['c', 'd', 1.5, 'e']), TypeError, ['c', 'd']],
    ['a text behind a good one', (s) => s.addMany(['c', '\ud800', 'e']), SketchError, ['c']],
    ['the second kind of many', (s) => s.addMany(['c', 5, 'e']), SketchError, ['c']],
    ['the third weight', (s) => s.addMany(['c', 'd', 'e'], [1, 2, -1]), RangeError, ['c', 'd', 'd']],
    ['one that overflows', (s) => s.addMany(['c', 'd', 'e'], [1, MAX, 1]), SketchError, ['c']],
    [
      'an iterator that breaks off',
      (s) =>
        s.addMany(
          (function* () {
            yield 'c';
            throw new RangeError('x');
          })(),
        ),
      RangeError,
      ['c'],
    ],
    ['a wrong row before one that overflows', (s) => s.addMany(['c', 1.5, 'e'], [1, 1, MAX]), TypeError, ['c']],
  ]) {
    const sketch = strings(),
      error_ = thrown(() => call(sketch));
    test(
      error_ instanceof error && sketch.equals(strings().addMany(rows ?? [])) && sketch.add('a').count('a') === 2,
      `${name} is refused`,
      String(error_),
    );
  }
  test(/'float8'.*'numeric'/.test(thrown(() => new Distinct().add(1.5)).message), 'and it is said what to do');
  test(
    ['text', 'uuid', 'date', 'timestamp', 'inet', 'boolean', 'bytea', 'time', 'float8', 'enum'].every((type) =>
      refused(() => new Distinct({ type }).add({}), TypeError),
    ) &&
      [
        ['uuid', 'x'],
        ['date', '2023-02-29'],
        ['inet', '1.2.3'],
        ['numeric', '1,5'],
        ['bigint', '1.5'],
        ['bigint', 1.5],
        ['bigint', 2n ** 63n],
        ['time', '25:00'],
        ['timestamp', 'now'],
        ['uuid', 'ä'],
        ['numeric', ''],
      ].every(([type, value]) => refused(() => new Distinct({ type }).add(value), SketchError)),
    'a value that is none of its type',
  );
  test(
    refused(() => new Quantile().add('1'), TypeError) &&
      refused(() => new Quantile().add(new Date()), TypeError) &&
      refused(() => new Quantile().addMany([1, '2', 3]), TypeError),
    'no numbers',
  );
  const partial = new Quantile();
  test(
    refused(() => partial.addMany([1, 2, {}, 3]), TypeError) && partial.total === 2,
    'of which those before are added',
  );
  test(
    refused(() => new Distinct().add('a', 2), TypeError) &&
      refused(() => new Membership().addMany(['a'], [2]), TypeError),
    'a weight where none is counted',
  );

  // ---- large numbers ----------------------------------------

  const large = new Quantile().add(1, MAX - 1n).add(2);
  test(
    large.total === MAX &&
      large.histogram([])[0] === MAX &&
      large.histogram([1]).reduce((sum, rows) => sum + BigInt(rows), 0n) === MAX &&
      refused(() => large.add(1), SketchError) &&
      large.total === MAX &&
      Quantile.fromBytes(large.bytes()).total === MAX,
    '2^63 - 1 rows',
    String(large.total),
  );
  const counted = new Frequency().addMany(['a', 'b'], new BigInt64Array([MAX - 1n, 1n]));
  test(
    counted.count('a') === MAX - 1n &&
      counted.count('b') === 1 &&
      counted.info().total === MAX &&
      refused(() => counted.add('b'), SketchError) &&
      counted.count('a') === MAX - 1n,
    'of items, too',
  );
  const [first] = new TopK().add('a', MAX).top();
  test(
    first.estimate === MAX &&
      first.lower === MAX &&
      first.upper === MAX &&
      new TopK().add('a', 2 ** 53 - 1).top()[0].estimate === 2 ** 53 - 1 &&
      new TopK().add('a', 2n ** 53n).top()[0].estimate === 2n ** 53n,
    'numbers as long as they are exact',
  );

  // ---- damaged bytes ----------------------------------------

  for (const [name, sketch] of Object.entries({
    quantile: new Quantile().addMany(numbers.slice(0, 200)),
    'distinct, tokens': new Distinct().addMany(texts.slice(0, 50)),
    'distinct, registers': new Distinct({ precision: 4 }).addMany(texts),
    'frequency, exact': new Frequency().addMany(texts.slice(0, 30)),
    'frequency, counters': new Frequency({ error: 0.04 }).addMany(texts.slice(0, 60)),
    topk: new TopK({ k: 3 }).addMany(texts.slice(0, 200)),
    'topk of numbers': new TopK({ type: 'numeric' }).addMany(['1.5', '-2e30', 7]),
    'membership, tokens': new Membership().addMany(texts.slice(0, 50)),
    'membership, blocks': new Membership({ expectedItems: 60 }).addMany(texts.slice(0, 60)),
  })) {
    const packed = sketch.bytes(),
      Family = sketch.constructor,
      good = new Family();
    const wrong = [],
      before = `${good}`;
    const look = (bytes, what) => {
      let opened;
      const error = thrown(() => {
        opened = Family.fromBytes(bytes);
      });
      if (error ? !(error instanceof SketchError && error.message) : !same(opened.bytes(), bytes)) wrong.push(what);
      if (error && !(thrown(() => good.merge(bytes)) instanceof SketchError && `${good}` === before))
        wrong.push(`merge, ${what}`);
      opened?.free();
    };
    for (let i = 0; i < packed.length; i++) {
      look(packed.slice(0, i), `the first ${i}`);
      for (const flip of [1, 128, 255, 1 << (i % 8)])
        look(
          packed.map((byte, j) => (i === j ? byte ^ flip : byte)),
          `byte ${i} ^ ${flip}`,
        );
    }
    look(new Uint8Array([...packed, 0]), 'one more');
    test(
      wrong.length === 0 && good.merge(packed).bytes().length > 0,
      `${name}: ${packed.length} bytes, damaged in each place, are an error or another sketch`,
      wrong.slice(0, 5),
    );
  }
  test(
    Object.values(families).every((Family) =>
      [new Uint8Array(), new Uint8Array(300), new Uint8Array(300).fill(255)].every((bytes) =>
        refused(() => Family.fromBytes(bytes), SketchError),
      ),
    ),
    'what is no sketch at all',
  );
  test(
    /^\S+( \S+)+$/.test(thrown(() => Quantile.fromBytes('\\x01')).message),
    'the error says what is wrong',
    thrown(() => Quantile.fromBytes('\\x01'))?.message,
  );

  // ---- memory ----------------------------------------

  const freed = new Quantile().add(1);
  freed.free();
  freed.free();
  test(
    [() => freed.add(1), () => freed.bytes(), () => q.merge(freed), () => freed.merge(q)].every((call) =>
      refused(call, Error),
    ) && q.total === 1000,
    'a freed sketch is an error',
  );
  if (Symbol.dispose) test(new Quantile()[Symbol.dispose]() === undefined, 'Symbol.dispose frees');

  const packed = [q, d, f, few, m].map((sketch) => [
    sketch.constructor,
    sketch.bytes().length < 5000
      ? sketch.bytes()
      : new Membership({ expectedItems: 50 }).addMany(texts.slice(0, 40)).bytes(),
  ]);
  const damaged = packed.map(([Family, bytes]) => [
    Family,
    bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 0x55 : byte)).slice(0, -1),
  ]);
  const oneOfEach = (i) => {
    const [Family, bytes] = packed[i % 5];
    const sketch = i % 3 ? new Family() : Family.fromBytes(bytes);
    sketch
      .add(i % 3 || Family === Quantile ? i : undefined)
      .merge(i % 3 ? sketch : bytes)
      .bytes();
    thrown(() => sketch.merge(damaged[i % 5][1]));
    thrown(() => Family.fromBytes(damaged[i % 5][1]));
    thrown(() => sketch.add(i % 2 ? Symbol.iterator : '\ud800'));
    thrown(() => new Family({ precision: 99, accuracy: 99, error: 99, k: 0, expectedItems: 0 }));
    sketch.free();
  };
  for (let i = 0; i < 3000; i++) oneOfEach(i);
  const size = memory.buffer.byteLength;
  for (let i = 0; i < 100000; i++) new packed[i % 5][0]().add(i).free();
  test(
    memory.buffer.byteLength === size,
    '100,000 sketches come and go, and memory stays',
    memory.buffer.byteLength - size,
  );
  for (let i = 0; i < 10000; i++) oneOfEach(i);
  test(memory.buffer.byteLength === size, 'and 10,000 with calls that fail', memory.buffer.byteLength - size);

  // Views are old once memory has grown: what was there before, and what is read next, must be right.
  const held = Array.from({ length: 30 }, () => new Quantile().addMany(numbers));
  const long70 = new Distinct().addMany(['a', 'x'.repeat(70e6), 'b']);
  test(
    long70.count() === 3 && memory.buffer.byteLength > 200e6,
    'memory grows to more than 200 MB',
    memory.buffer.byteLength,
  );
  for (let i = 0; i < 30; i++) held.push(new Quantile().addMany(numbers));
  const big = new Membership().addMany(Int32Array.from({ length: 200_000 }, (_, i) => i));
  test(
    big.info().isDense && Membership.fromBytes(`${big}`).merge(big).equals(big) && big.has(199_999),
    'a filter of 2 MB, as text',
  );
  test(
    held.every((sketch) => sketch.equals(held[0])) &&
      q.percentile(1) === 1000 &&
      d.equals(new Distinct().addMany(texts)),
    'and what was there is right',
  );
  [big, long70, ...held].forEach((sketch) => sketch.free());
}
