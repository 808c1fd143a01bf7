// What happened: restarts, rekeys, warnings, and what befell the probe; new ones as they come.
import { useEffect, useState } from 'preact/hooks';
import { follow, getJson } from '../api';
import { path, useAsk } from '../data';
import { Pager, SaLink, Scroll, When, Woe } from '../parts/small';
import { changed, Place } from '../route';
import type { Event, EventList } from '../types';
import { eventWords, kKinds } from '../words';

const kPage = 100;
const kKept = 200;

export function EventTable({ events, run, none }: { events: Event[]; run: string | null; none: string }) {
  if (events.length === 0) return <p class="quiet">{none}</p>;
  return (
    <Scroll label="Events">
      <table>
        <thead>
          <tr><th scope="col">when</th><th scope="col">what</th><th scope="col">SA</th><th scope="col">that is</th></tr>
        </thead>
        <tbody>
          {events.map((e) => (
            <tr>
              <td><When at={e.timestamp} /></td>
              <td>{kKinds[e.kind] ?? e.kind}</td>
              <td>{e.flow_id ? <SaLink id={e.flow_id} run={run} /> : 'the probe'}</td>
              <td>{eventWords(e)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** The latest first; the server lists by time, so that pages are counted from its end. */
async function latest(run: string | null, from: number, signal: AbortSignal): Promise<EventList> {
  const all = (await getJson<EventList>(path('/api/v1/events', { run, limit: 1 }), signal)).count;
  const end = Math.max(0, all - from);
  const offset = Math.max(0, end - kPage);
  if (end === 0) return { count: all, events: [] };
  const page = await getJson<EventList>(path('/api/v1/events', { run, offset, limit: end - offset }), signal);
  return { count: all, events: page.events.reverse() };
}

function useNews(run: string | null, open: boolean): Event[] {
  const [news, set] = useState<Event[]>([]);
  useEffect(() => {
    set([]);
    if (!open) return;
    const stop = new AbortController();
    void follow(path('/api/v1/events', { run }), stop.signal, (e) => set((old) => [e, ...old].slice(0, kKept)));
    return () => stop.abort();
  }, [run, open]);
  return news;
}

export function Events({ place, open }: { place: Place; open: boolean }) {
  const run = place.query.get('run');
  const kind = place.query.get('kind') ?? '';
  const from = Number(place.query.get('from') ?? 0) || 0;
  const { data, trouble } = useAsk(`events ${run} ${from}`, (stop) => latest(run, from, stop));
  const news = useNews(run, open && from === 0);
  const known = new Set(data?.events.map((e) => JSON.stringify(e, (_, v) => (typeof v === 'bigint' ? String(v) : v))));
  const fresh = news.filter((e) => !known.has(JSON.stringify(e, (_, v) => (typeof v === 'bigint' ? String(v) : v))));
  const all = [...fresh, ...(data?.events ?? [])];
  const shown = all.filter((e) => !kind || e.kind === kind);
  const kinds = [...new Set(all.map((e) => e.kind))].sort();
  return (
    <>
      <h1 tabIndex={-1}>Events</h1>
      <p class="quiet">
        The latest first. {open ? 'New ones appear as they come.' : 'The run has ended.'}
      </p>
      <Woe trouble={trouble} />
      {data && all.length === 0 && <p>Nothing worth telling happened.</p>}
      {all.length > 0 && data && (
        <section class="card">
          <label class="pick">
            Show{' '}
            <select value={kind} onChange={(e) => (location.hash = changed(place, { kind: e.currentTarget.value }))}>
              <option value="">all kinds</option>
              {kinds.map((k) => <option value={k}>{kKinds[k] ?? k}</option>)}
            </select>
          </label>
          <Pager
            from={from} shown={data.events.length} all={data.count}
            back={from > 0 ? changed(place, { from: Math.max(0, from - kPage) || '' }) : undefined}
            on={from + kPage < data.count ? changed(place, { from: from + kPage }) : undefined}
          />
          <p class="news" role="status">{fresh.length > 0 ? `${fresh.length} new since this page was opened` : ''}</p>
          <EventTable events={shown} run={run} none="None of this kind on this page." />
        </section>
      )}
    </>
  );
}
