// Runs a program for WASI, which may read the source tree: node run.mjs program.wasm [argument ...]
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { WASI } from 'node:wasi';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const wasi = new WASI({ version: 'preview1', args: process.argv.slice(2), preopens: { [root]: root } });
const module = await WebAssembly.compile(await readFile(process.argv[2]));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
