// Fills the template of the page: page.mjs <JSON that page.sql prints> <page to write> <README.md that it links to>
// <the package of make wasm, or nothing: then the page does not merge by itself>
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const [json, page, readme, wasm] = process.argv.slice(2);
const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const base64 = (path) => readFileSync(new URL(path, import.meta.url)).toString('base64');

// Times become hours since 1970, fractions lose the digits that no picture shows.
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;
const { embedded, ...data } = JSON.parse(readFileSync(json, 'utf8'), (key, value) => {
  if (typeof value === 'string' && time.test(value)) return Date.parse(`${value}Z`) / 3_600_000;
  return Number.isInteger(value) || typeof value !== 'number' ? value : Number(value.toPrecision(6));
});

// Text in HTML; JSON and scripts in a script element, which any "</script" would end.
const escapeText = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const escapeScript = (text) => text.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');

function library(name) {
  const license = read(`node_modules/${name}/LICENSE`).trim();
  const { version } = JSON.parse(read(`node_modules/${name}/package.json`));
  return `/*! ${name} ${version}\n\n${license}\n*/\n${read(`node_modules/${name}/build/${name}.min.js`).trim()}`;
}

// The sections of page.sql, with the files that they include, and the views that all of them read.
const included = (sql) => sql.replace(/^\\ir (\S+)$/gm, (line, path) => read(path).trim());
const sections = Object.fromEntries(
  [...read('page.sql').matchAll(/^-- ---- (.+?) -+\n+([^]*?)\s*(?=^-- ----|(?![^]))/gm)].map(([, name, sql]) => [name, included(sql)]));
sections.sketches = read('sketches.sql').trim();

// From the page to the README, wherever both are.
const link = () => relative(realpathSync(dirname(page)), realpathSync(readme)).split('/').map(encodeURIComponent).join('/');

const compressed = (bytes) => gzipSync(bytes, { level: 9 }).toString('base64');

// {{kind name}} stands for what fill[kind](name) gives; the style has such places of its own.
const filled = (text) => text.replace(/\{\{(\w+)(?: ([\w.-]+))?\}\}/g, (place, kind, name) => fill[kind](name));
const fill = {
  style: (name) => filled(read(name).trim()),
  script: (name) => escapeScript(read(name).trim()),
  data: () => JSON.stringify(data).replace(/</g, '\\u003c'),
  font: () => base64('node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'),
  readme: link,
  sql: (name) => escapeText(sections[name]),
  any: () => (wasm ? filled(read('page.any.html').trim()) : ''),
  wasm: () => compressed(readFileSync(join(wasm, 'sketch.wasm'))),
  module: () => escapeScript(readFileSync(join(wasm, 'sketch.js'), 'utf8').trim()),
  sketches: () => compressed(JSON.stringify(embedded)),
  library: (name) => escapeScript(library(name)),
};
writeFileSync(page, filled(read('page.html')));
