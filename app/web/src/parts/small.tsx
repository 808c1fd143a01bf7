// Small parts every view uses.
import type { ComponentChildren } from 'preact';
import { Trouble } from '../api';
import { count, time } from '../format';
import { link } from '../route';
import type { Num } from '../types';
import type { Verdict } from '../words';

export const When = ({ at, digits = 3 }: { at: string; digits?: number }) => (
  <time dateTime={at} title={`${at} (UTC)`}>{time(at, digits)}</time>
);

/** A figure of the interface: what it is worth exactly, beside what is shown. */
export const Figure = ({ field, value, children }: { field: string; value: Num; children?: ComponentChildren }) => (
  <data value={String(value)} data-field={field}>{children ?? count(value)}</data>
);

export const Tile = ({ name, field, value, note }: { name: string; field: string; value: Num; note?: string }) => (
  <div class="tile">
    <dt>{name}</dt>
    <dd><Figure field={field} value={value} />{note && <small>{note}</small>}</dd>
  </div>
);

const kShapes = { good: '✓', loss: '▲', blind: '◆', none: '○' } as const;

export const Said = ({ verdict }: { verdict: Verdict }) => (
  <section class={`verdict tone-${verdict.tone}`} aria-label="Verdict">
    <span class="shape" aria-hidden="true">{kShapes[verdict.tone]}</span>
    <div>
      <h2>{verdict.title}</h2>
      {verdict.lines.map((line) => <p>{line}</p>)}
    </div>
  </section>
);

export const Woe = ({ trouble }: { trouble?: Trouble }) =>
  trouble && trouble.status !== 401 ? <p class="woe" role="alert">{trouble.message}</p> : null;

export const SaLink = ({ id, run }: { id: string; run: string | null }) => (
  <a class="id" href={link(['sa', id], { run })}>{id}</a>
);

/** Lengths or distances by powers of two, as rows with bars. */
export function Histogram({ title, unit, bins, none }: { title: string; unit: string; bins: Record<string, Num>; none: string }) {
  const rows = Object.entries(bins).map(([from, n]) => ({ from: Number(from), n: Number(n) }));
  const most = Math.max(1, ...rows.map((r) => r.n));
  const range = (from: number): string => (from <= 1 ? count(from) : `${count(from)}–${count(2 * from - 1)}`);
  return (
    <figure class="histogram">
      <figcaption><h3>{title}</h3></figcaption>
      {rows.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <table>
          <thead>
            <tr><th scope="col">{unit}</th><th scope="col" class="number">how many</th><td class="wide" /></tr>
          </thead>
          <tbody>
            {rows.map((r) => (
              <tr>
                <th scope="row">{range(r.from)}</th>
                <td class="number">{count(r.n)}</td>
                <td class="wide"><span class="bar" style={{ width: `${(100 * r.n) / most}%` }} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </figure>
  );
}

/** Where one is in a list, and the ways on. */
export function Pager({ from, shown, all, back, on }: { from: number; shown: number; all: number; back?: string; on?: string }) {
  return (
    <nav class="pager" aria-label="Pages">
      {back ? <a href={back} rel="prev">← Back</a> : <span class="off">← Back</span>}
      <span class="where">{shown === 0 ? `none of ${count(all)}` : `${count(from + 1)}–${count(from + shown)} of ${count(all)}`}</span>
      {on ? <a href={on} rel="next">On →</a> : <span class="off">On →</span>}
    </nav>
  );
}

export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return <div class="scroll" tabIndex={0} role="region" aria-label={label}>{children}</div>;
}
