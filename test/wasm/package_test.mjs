// Tests the package that make wasm has made, in Node, and in a browser on a page that is served here:
// package_test.mjs <package> <browser, or nothing>
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { run } from './cases.mjs';

const [directory, browser] = process.argv.slice(2);
const here = (path) => new URL(path, import.meta.url);
const inPackage = (name) => join(directory, name);
const golden = Object.fromEntries(
  ['quantile', 'distinct', 'frequency', 'topk', 'membership'].map((family) => [
    family,
    readFileSync(here(`../golden/${family}.txt`), 'utf8'),
  ]),
);

let failures = 0;
function ok(condition, name, detail) {
  if (!condition) failures += 1;
  console.log(`${condition ? 'ok' : 'not ok'} - ${name}`);
  if (!condition && detail !== undefined) console.log(`# ${JSON.stringify(detail)}`);
}

// ---- what is in the package ----------------------------------------

const description = JSON.parse(readFileSync(inPackage('package.json'), 'utf8'));
const [, version] = /default_version *= *'(.*)'/.exec(readFileSync(here('../../sketch_ext.control'), 'utf8'));
ok(description.version === version, 'the version is that of the extension', description.version);
ok(
  [...description.files, 'README.md', 'LICENSE'].every((file) => statSync(inPackage(file)).size > 0),
  'every file is there',
);
const wasm = readFileSync(inPackage('sketch.wasm'));
const module = await WebAssembly.compile(wasm);
ok(WebAssembly.Module.imports(module).length === 0, 'nothing is imported', WebAssembly.Module.imports(module));
const compressed = gzipSync(wasm, { level: 9 }).length;
ok(compressed <= 200_000, `sketch.wasm has ${wasm.length} bytes, ${compressed} compressed: at most 200 kB`);
const declared = [...readFileSync(inPackage('sketch.d.ts'), 'utf8').matchAll(/^export (?:class|function) (\w+)/gm)].map(
  ([, name]) => name,
);

// ---- in Node ----------------------------------------

const sketches = await import(pathToFileURL(inPackage('sketch.js')));
ok(declared.sort().join() === Object.keys(sketches).sort().join(), 'what is exported has types', Object.keys(sketches));
let early;
try {
  new sketches.Quantile();
} catch (error) {
  early = error;
}
ok(/load/.test(early?.message), 'a sketch before load() is an error that says so', early?.message);
const wrong = await sketches.load(new Uint8Array(8)).catch((error) => error);
ok(wrong instanceof WebAssembly.CompileError, 'no module is an error', String(wrong));
const loaded = await sketches.load();
ok(loaded.version === version && (await sketches.load(module)) === loaded, 'the module is loaded, once');
run(sketches, loaded, golden, (condition, name, detail) => ok(condition, `Node: ${name}`, detail));
for (const [name, source] of [
  ['a URL', pathToFileURL(inPackage('sketch.wasm')).href],
  ['bytes', wasm],
  ['a module', module],
  ['a promise of a Response', Promise.resolve(new Response(wasm, { headers: { 'Content-Type': 'application/wasm' } }))],
  ['a Response of another type', new Response(wasm)],
]) {
  const other = await import(`${pathToFileURL(inPackage('sketch.js'))}?${name}`);
  await other.load(source);
  ok(
    other.Quantile !== sketches.Quantile && other.Quantile.fromBytes(new sketches.Quantile().add(1).bytes()).max === 1,
    `it is loaded from ${name}`,
  );
}

// ---- in a browser ----------------------------------------

// As a page has it: fetched, and its script as strict as a Content-Security-Policy can have it.
async function testInBrowser() {
  const page = `<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>`;
  const script = `
    import * as sketches from '/package/sketch.js';
    import { run } from '/cases.mjs';
    const results = [];
    try {
      const golden = await (await fetch('/golden')).json();
      run(sketches, await sketches.load(), golden, (condition, ...what) => results.push([!!condition, ...what]));
      const fetched = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
      results.push([fetched.includes('/package/sketch.wasm'), 'sketch.wasm is fetched from beside sketch.js']);
    } catch (error) {
      results.push([false, 'the page runs to its end', String(error.stack)]);
    }
    const body = JSON.stringify(results, (key, value) => (typeof value === 'bigint' ? String(value) : value));
    await fetch('/results', { method: 'POST', body });`;
  const files = {
    '/': ['text/html', page],
    '/page.js': ['text/javascript', script],
    '/golden': ['application/json', JSON.stringify(golden)],
    '/cases.mjs': ['text/javascript', readFileSync(here('cases.mjs'))],
    '/package/sketch.js': ['text/javascript', readFileSync(inPackage('sketch.js'))],
    '/package/sketch.wasm': ['application/wasm', wasm],
  };
  let report;
  const reported = new Promise((resolve) => {
    report = resolve;
  });
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      const parts = [];
      for await (const part of request) parts.push(part);
      response.end();
      report(JSON.parse(Buffer.concat(parts)));
      return;
    }
    const [type, body] = files[request.url] ?? [];
    response.writeHead(body === undefined ? 404 : 200, {
      'Content-Type': type ?? 'text/plain',
      'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
    });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const profile = mkdtempSync(join(tmpdir(), 'sketch-browser-'));
  const started = spawn(
    browser,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${server.address().port}/`,
    ],
    { stdio: 'ignore', detached: true },
  );
  const timeout = setTimeout(() => report([[false, 'the browser reports within two minutes']]), 120_000);
  started.on('error', (error) => report([[false, 'the browser starts', String(error)]]));
  const results = await reported;
  clearTimeout(timeout);
  if (started.exitCode === null && started.pid) {
    // with all of its processes
    process.kill(-started.pid, 'SIGKILL');
    await once(started, 'exit');
  }
  server.closeAllConnections();
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  for (const [condition, name, detail] of results) ok(condition, `browser: ${name}`, detail);
}

if (browser) await testInBrowser();
else console.log('skipped: no browser');
process.exitCode = failures > 0 ? 1 : 0;
