import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The checkout. */
export const root = resolve(import.meta.dirname, '../..');

/** What is too big or too slow to make for each checkout, shared by all of them. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'bioscope');

/** @param {string[]} parts */
export const inRoot = (...parts) => join(root, ...parts);

/** A tool that `npm ci` installed. @param {string} name */
export const tool = (name) => join(root, 'node_modules', '.bin', name);
