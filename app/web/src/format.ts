// Figures and times as text, in one way everywhere.
import type { Num } from './types';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });

export const count = (n: Num): string => whole.format(n);

/** `one` or `many` behind the number; many: one and an s. */
export const counted = (n: Num, one: string, many = `${one}s`): string =>
  `${count(n)} ${Number(n) === 1 ? one : many}`;

export function percent(ratio: number): string {
  const value = 100 * ratio;
  if (value === 0) return '0 %';
  if (value < 0.0001) return '< 0.0001 %';
  return `${value.toFixed(value < 1 ? 4 : 2)} %`;
}

const kSteps: [number, string][] = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']];
/** With a prefix: 1.2 M. */
export function scaled(n: number, unit = ''): string {
  for (const [size, letter] of kSteps)
    if (Math.abs(n) >= size) return `${short.format(n / size)} ${letter}${unit}`;
  return unit ? `${short.format(n)} ${unit}` : short.format(n);
}

export const bits = (mbps: number): string => scaled(mbps * 1e6, 'bit/s');

export function bytes(n: Num): string {
  return scaled(Number(n), 'B');
}

const kSpans: [number, string][] = [[31_557_600, 'year'], [86_400, 'day'], [3600, 'hour'], [60, 'minute']];
export function duration(seconds: number): string {
  for (const [length, name] of kSpans) {
    if (seconds < 2 * length) continue;
    return counted(Math.round(seconds / length), name);
  }
  return `${short.format(seconds)} s`;
}

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function offsetName(when: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'longOffset' }).formatToParts(when);
  return parts.find((p) => p.type === 'timeZoneName')?.value.replace('GMT', 'UTC') ?? 'UTC';
}

/** "Europe/Berlin, UTC+01:00" */
export function zoneName(when = new Date()): string {
  const offset = offsetName(when);
  return zone === offset ? zone : `${zone}, ${offset}`;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** A time of the interface (RFC 3339 in UTC) in the reader's zone, to `digits` of a second. */
export function time(text: string, digits = 3): string {
  const d = new Date(text);
  const part = (/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(9, '0').slice(0, digits);
  return (
    `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ` +
    `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}${digits ? `.${part}` : ''}`
  );
}

export const seconds = (text: string): number => Date.parse(text) / 1000;

/** Of seconds since 1970. */
export const timeOf = (s: number, digits = 0): string => time(new Date(1000 * s).toISOString(), digits);
