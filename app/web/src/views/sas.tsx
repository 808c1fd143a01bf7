// The table of SAs: the server pages, the address holds where one is.
import { useRef } from 'preact/hooks';
import { getJson } from '../api';
import { path, useAsk } from '../data';
import { bits, bytes, count, percent } from '../format';
import { Pager, SaLink, Scroll, When, Woe } from '../parts/small';
import { changed, link, Place } from '../route';
import type { Flow, FlowList } from '../types';

const kPage = 50;
const kBounds: [string, string, string][] = [
  ['min_bytes', 'at least', 'bytes'],
  ['max_bytes', 'at most', 'bytes'],
  ['min_bandwidth_mbps', 'at least', 'Mbit/s'],
  ['max_bandwidth_mbps', 'at most', 'Mbit/s'],
];

function Bounds({ place }: { place: Place }) {
  const submit = (e: SubmitEvent): void => {
    e.preventDefault();
    const form = new FormData(e.currentTarget as HTMLFormElement);
    const id = String(form.get('id') ?? '').trim();
    const run = place.query.get('run');
    const values = Object.fromEntries(kBounds.map(([name]) => [name, String(form.get(name) ?? '')]));
    location.hash = id ? link(['sa', id], { run }) : link(['sas'], { run, ...values });
  };
  return (
    <form class="bounds" onSubmit={submit}>
      <label>Go to <input name="id" type="search" placeholder="esp-0000c0de-192.0.2.1" spellcheck={false} size={26} /></label>
      {kBounds.map(([name, text, unit]) => (
        <label>
          {text} <input name={name} type="number" min={0} step={name.endsWith('mbps') ? 'any' : 1} value={place.query.get(name) ?? ''} /> {unit}
        </label>
      ))}
      <button type="submit">Show</button>
      {kBounds.some(([name]) => place.query.has(name)) && <a href={link(['sas'], { run: place.query.get('run') })}>All</a>}
    </form>
  );
}

const kColumns: [string, (f: Flow) => string][] = [
  ['received', (f) => count(f.packets_received)],
  ['lost', (f) => count(f.total_lost_packets)],
  ['ratio', (f) => percent(f.loss_ratio)],
  ['gaps', (f) => count(f.gaps_detected)],
  ['longest', (f) => count(f.max_gap)],
  ['late', (f) => count(f.late)],
  ['dup.', (f) => count(f.duplicates)],
  ['restarts', (f) => count(f.restarts)],
  ['bytes', (f) => bytes(f.total_bytes)],
  ['rate', (f) => bits(f.bandwidth_mbps)],
];

function Page({ place, from, list, busy }: { place: Place; from: number; list: FlowList; busy: boolean }) {
  const run = place.query.get('run');
  const shown = list.flows.length;
  const next = from + kPage;
  const on = shown === kPage && next < list.count ? changed(place, { from: next, after: list.next ?? '' }) : undefined;
  const back = from > 0 ? changed(place, { from: Math.max(0, from - kPage) || '', after: '' }) : undefined;
  return (
    <section class="card" aria-busy={busy}>
      <Pager from={from} shown={shown} all={list.count} back={back} on={on} />
      <Scroll label="Secure associations">
        <table class="sas">
          <thead>
            <tr>
              <th scope="col">SA</th>
              {kColumns.map(([name]) => <th scope="col" class="number">{name}</th>)}
              <th scope="col">last packet</th>
            </tr>
          </thead>
          <tbody>
            {list.flows.map((f) => (
              <tr key={f.flow_id} class={Number(f.total_lost_packets) > 0 ? 'lossy' : ''}>
                <th scope="row"><SaLink id={f.flow_id} run={run} />{f.sci_assumed && <span class="mark" title="The frames carry no SCI: it is assumed"> SCI assumed</span>}</th>
                {kColumns.map(([, show]) => <td class="number">{show(f)}</td>)}
                <td><When at={f.last_timestamp} digits={0} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {shown > 10 && <Pager from={from} shown={shown} all={list.count} back={back} on={on} />}
    </section>
  );
}

export function Sas({ place, open }: { place: Place; open: boolean }) {
  const q = place.query;
  const from = Number(q.get('from') ?? 0) || 0;
  const after = q.get('after');
  const bounds = Object.fromEntries(kBounds.map(([name]) => [name, q.get(name)]));
  const address = path('/api/v1/flows', {
    run: q.get('run'), ...bounds, limit: kPage, ...(after ? { after } : { offset: from }),
  });
  const { data, trouble } = useAsk(address, (stop) => getJson<FlowList>(address, stop), open ? 5000 : 0);
  // The page before stays until the next is there.
  const kept = useRef<{ from: number; list: FlowList } | null>(null);
  if (data) kept.current = { from, list: data };
  return (
    <>
      <h1 tabIndex={-1}>Secure associations</h1>
      <Bounds key={JSON.stringify(bounds)} place={place} />
      <Woe trouble={trouble} />
      {kept.current && <Page place={place} {...kept.current} busy={!data && !trouble} />}
    </>
  );
}
