// One SA: its verdict, its course, what is missing and in what bursts, and what a receiver needs.
import { getJson } from '../api';
import { path, timeline, useAsk } from '../data';
import { bits, bytes, count, duration, percent } from '../format';
import { OverTime } from '../parts/over_time';
import { choose, Span } from '../parts/span';
import { Figure, Histogram, Pager, Said, Scroll, Tile, When, Woe } from '../parts/small';
import { changed, link, Place } from '../route';
import type { EventList, FlowDetail, GapList } from '../types';
import { exhaustionWords, flowVerdict, windowCommands, windowWords } from '../words';
import { EventTable } from './events';

const kPage = 25;

function Gaps({ place, base, open }: { place: Place; base: string; open: boolean }) {
  const from = Number(place.query.get('gaps') ?? 0) || 0;
  const address = path(`${base}/gaps`, { run: place.query.get('run'), limit: kPage, offset: from });
  const { data, trouble } = useAsk(address, (stop) => getJson<GapList>(address, stop), open ? 5000 : 0);
  if (!data) return <Woe trouble={trouble} />;
  const shown = data.gaps.length;
  if (data.count === 0) return <p class="quiet">No number is missing.</p>;
  return (
    <>
      <Pager
        from={from} shown={shown} all={data.count}
        back={from > 0 ? changed(place, { gaps: Math.max(0, from - kPage) || '' }) : undefined}
        on={from + shown < data.count ? changed(place, { gaps: from + kPage }) : undefined}
      />
      <Scroll label="Gaps">
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">first missing</th>
              <th scope="col" class="number">next seen</th>
              <th scope="col" class="number">size</th>
              <th scope="col">revealed</th>
              <th scope="col">cause</th>
            </tr>
          </thead>
          <tbody>
            {data.gaps.map((g) => (
              <tr>
                <td class="number">{count(g.expected_sequence)}</td>
                <td class="number">{count(g.received_sequence)}</td>
                <td class="number">{count(g.gap_size)}</td>
                <td><When at={g.timestamp} digits={6} /></td>
                <td>{g.blind ? '◆ probe blind' : 'on the way'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {!data.complete && <p class="quiet">There were more than could be kept or looked at; lacuna query gaps lists all that are stored.</p>}
    </>
  );
}

function Window({ f }: { f: FlowDetail }) {
  const w = f.report.replay_window;
  const commands = w.needed ? windowCommands(f.protocol, w.needed) : [];
  const late = Object.values(w.dropped_at).some((n) => Number(n) > 0) || Number(f.late) > 0;
  return (
    <section class="card">
      <h2>Replay window</h2>
      <p>{windowWords(w)}</p>
      {late && (
        <table>
          <thead><tr><th scope="col" class="number">window</th><th scope="col" class="number">late packets dropped</th></tr></thead>
          <tbody>
            {Object.entries(w.dropped_at).map(([size, n]) => (
              <tr class={Number(size) === w.needed ? 'chosen' : ''}>
                <th scope="row" class="number">{count(Number(size))}{Number(size) === w.needed && ' ← needed'}</th>
                <td class="number"><Figure field={`dropped_at.${size}`} value={n} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {commands.length > 0 && (
        <dl class="commands">
          {commands.map(([name, command]) => <><dt>{name}</dt><dd><code>{command}</code></dd></>)}
        </dl>
      )}
    </section>
  );
}

function Facts({ f }: { f: FlowDetail }) {
  const rows: [string, preact.ComponentChildren][] = [
    ['protocol', f.protocol],
    ['first packet', <When at={f.first_timestamp} digits={6} />],
    ['last packet', <When at={f.last_timestamp} digits={6} />],
    ['seen for', duration(f.duration_seconds)],
    ['first number', <Figure field="first_sequence" value={f.first_sequence} />],
    ['highest number', <Figure field="last_sequence" value={f.last_sequence} />],
    ['too old', <Figure field="too_old" value={f.too_old} />],
    ['before first', <Figure field="before_first" value={f.before_first} />],
    ['outliers', <Figure field="outliers" value={f.outliers} />],
    ['blind', <Figure field="lost_blind" value={f.lost_blind} />],
    ['doubtful', <Figure field="lost_doubtful" value={f.lost_doubtful} />],
    ['mean time between packets', `${f.avg_inter_arrival_ms.toFixed(3)} ms`],
    ['lives in this run', count(f.lives)],
  ];
  if (f.sci_assumed) rows.push(['SCI', 'assumed: the frames carry none']);
  if (f.evicted) rows.push(['flow table', 'it has left it']);
  return (
    <section class="card">
      <h2>Facts</h2>
      <table><tbody>{rows.map(([name, value]) => <tr><th scope="row">{name}</th><td>{value}</td></tr>)}</tbody></table>
    </section>
  );
}

export function Sa({ place, open }: { place: Place; open: boolean }) {
  const id = place.path[1] ?? '';
  const run = place.query.get('run');
  const span = { run, since: place.query.get('since'), until: place.query.get('until') };
  const base = `/api/v1/flows/${encodeURIComponent(id)}`;
  const rest = open ? 5000 : 0;
  const one = useAsk(path(base, { run }), (stop) => getJson<FlowDetail>(path(base, { run }), stop), rest);
  const points = useAsk(`${base} ${JSON.stringify(span)}`, (stop) => timeline(`${base}/timeline`, span, stop), rest);
  const eventsAt = path('/api/v1/events', { ...span, flow_id: id, limit: 1000 });
  const events = useAsk(eventsAt, (stop) => getJson<EventList>(eventsAt, stop), rest);
  const f = one.data;
  const told = events.data?.events.filter((e) => !e.kind.startsWith('hole_')) ?? [];
  return (
    <>
      <p class="crumb"><a href={link(['sas'], { run })}>Secure associations</a></p>
      <h1 tabIndex={-1} class="id">{id}</h1>
      <Woe trouble={one.trouble} />
      {f && (
        <>
          <Said verdict={flowVerdict(f)} />
          <dl class="tiles">
            <Tile name="Received" field="packets_received" value={f.packets_received} note={`${bytes(f.total_bytes)}, ${bits(f.bandwidth_mbps)}`} />
            <Tile name="Lost" field="total_lost_packets" value={f.total_lost_packets} note={percent(f.loss_ratio)} />
            <Tile name="Gaps" field="gaps_detected" value={f.gaps_detected} note={`longest ${count(f.max_gap)}`} />
            <Tile name="Late" field="late" value={f.late} note={percent(f.report.reordering_ratio)} />
            <Tile name="Duplicates" field="duplicates" value={f.duplicates} />
            <Tile name="Restarts" field="restarts" value={f.restarts} />
          </dl>
          <section class="card">
            <h2>Over time</h2>
            <Span place={place} />
            <Woe trouble={points.trouble} />
            {points.data && <OverTime points={points.data.points} events={told} choose={choose(place)} group="sa" />}
          </section>
          <section class="card">
            <h2>Gaps</h2>
            <Gaps place={place} base={base} open={open} />
          </section>
          <div class="columns">
            <section class="card">
              <h2>Bursts and order</h2>
              <Histogram title="Loss periods" unit="numbers in a row" bins={f.report.loss_periods} none="No closed run of missing numbers." />
              <Histogram title="Loss distances" unit="from one to the next" bins={f.report.loss_distances} none="Fewer than two of them." />
              <Histogram title="Extents of late packets" unit="numbers behind" bins={f.report.late_extents} none="Nothing came late." />
            </section>
            <Window f={f} />
            <div>
              <section class="card">
                <h2>Exhaustion</h2>
                <p class={f.report.exhaustion?.warning ? 'bad' : ''}>{f.report.exhaustion?.warning && '▲ '}{exhaustionWords(f.report.exhaustion)}</p>
              </section>
              <Facts f={f} />
            </div>
          </div>
          <section class="card">
            <h2>Events</h2>
            <Woe trouble={events.trouble} />
            {events.data && <EventTable events={told} run={run} none="Nothing but gaps befell it." />}
          </section>
        </>
      )}
    </>
  );
}
