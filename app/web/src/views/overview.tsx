// What one sees in five seconds: the verdict, how it went, whether the probe itself is well.
import { getJson, getText } from '../api';
import { history, path, timeline, useAsk } from '../data';
import { bits, bytes, count, duration, percent, seconds } from '../format';
import { link, Place } from '../route';
import { choose, Span } from '../parts/span';
import { Figure, Said, SaLink, Tile, When, Woe } from '../parts/small';
import { OverTime } from '../parts/over_time';
import type { EventList, FlowList, Summary } from '../types';
import { verdictOf } from '../words';
import { parseMetrics } from '../metrics';
import { Probe } from './probe';

const kLive = 1000;
const kStored = 10_000;
/** SAs that are looked through here for the worst of them. */
const kSmall = 1000;

function Tiles({ s }: { s: Summary }) {
  return (
    <dl class="tiles">
      <Tile name="Received" field="total_packets_received" value={s.total_packets_received} note={`${bytes(s.total_bytes)}, ${bits(s.avg_bandwidth_mbps)}`} />
      <Tile name="Lost" field="total_lost_packets" value={s.total_lost_packets} note={percent(s.loss_ratio)} />
      <Tile name="Gaps" field="total_gaps_detected" value={s.total_gaps_detected} note={`longest ${count(s.max_gap_size)}`} />
      <Tile name="Late" field="late" value={s.late} note={percent(s.reordering_ratio)} />
      <Tile name="Duplicates" field="duplicates" value={s.duplicates} />
      <Tile name="SAs" field="total_flows" value={s.total_flows} note={`${count(s.restarts)} restarts, ${count(s.rekeys)} rekeys`} />
    </dl>
  );
}

function Frames({ s }: { s: Summary }) {
  if (!s.packets) return null;
  const offered = Number(s.packets['offered'] ?? 0);
  const classes = Object.entries(s.packets).filter(([name]) => name !== 'offered');
  return (
    <section class="card">
      <h2>Frames</h2>
      <table>
        <tbody>
          {classes.map(([name, n]) => (
            <tr>
              <th scope="row">{name}</th>
              <td class="number"><Figure field={`packets.${name}`} value={n} /></td>
              <td class="number quiet">{offered > 0 ? percent(Number(n) / offered) : ''}</td>
            </tr>
          ))}
          <tr class="sum">
            <th scope="row">offered</th>
            <td class="number"><Figure field="packets.offered" value={s.packets['offered'] ?? 0} /></td>
            <td />
          </tr>
        </tbody>
      </table>
    </section>
  );
}

interface Bad {
  id: string;
  lost: number;
  received: number;
}

/** Of a run under way the probe names them; of a small stored run its list does. */
async function worst(live: boolean, run: string | null, all: number, signal: AbortSignal): Promise<Bad[] | null> {
  if (live) {
    const metrics = parseMetrics(await getText('/metrics', signal));
    const received = new Map(metrics.get('lacuna_flow_received_packets')?.map((m) => [m.labels['flow'], m.value]));
    return (metrics.get('lacuna_flow_lost_packets') ?? [])
      .filter((m) => m.labels['flow'] !== 'rest' && m.value > 0)
      .map((m) => ({ id: m.labels['flow']!, lost: m.value, received: received.get(m.labels['flow']) ?? 0 }));
  }
  if (all > kSmall) return null;
  const list = await getJson<FlowList>(path('/api/v1/flows', { run, limit: kSmall }), signal);
  return list.flows
    .filter((f) => Number(f.total_lost_packets) > 0)
    .map((f) => ({ id: f.flow_id, lost: Number(f.total_lost_packets), received: Number(f.packets_received) }));
}

function Worst({ s, live, run }: { s: Summary; live: boolean; run: string | null }) {
  const { data } = useAsk(`worst ${live} ${run} ${s.total_flows}`, (stop) => worst(live, run, Number(s.total_flows), stop), live ? 5000 : 0);
  const top = data?.slice().sort((a, b) => b.lost - a.lost).slice(0, 10);
  return (
    <section class="card">
      <h2>SAs that lost most</h2>
      {data === null && <p class="quiet">Too many SAs to look through here: lacuna query top names them.</p>}
      {top && top.length === 0 && <p class="quiet">None lost anything.</p>}
      {top && top.length > 0 && (
        <table>
          <thead>
            <tr><th scope="col">SA</th><th scope="col" class="number">lost</th><th scope="col" class="number">received</th></tr>
          </thead>
          <tbody>
            {top.map((f) => (
              <tr>
                <td><SaLink id={f.id} run={run} /></td>
                <td class="number">{count(f.lost)}</td>
                <td class="number">{count(f.received)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p><a href={link(['sas'], { run })}>All {count(s.total_flows)} SAs</a></p>
    </section>
  );
}

/** Live, unless a span is asked for: what this page saw since it was opened. */
function Course({ s, place }: { s: Summary; place: Place }) {
  const run = place.query.get('run');
  const since = place.query.get('since');
  const until = place.query.get('until');
  const open = s.state === 'open';
  const stored = useAsk(`course ${run} ${since} ${until} ${s.run} ${s.state}`,
    (stop) => timeline('/api/v1/timeline', { run, since, until }, stop), open ? kStored : 0);
  const events = useAsk(`course events ${run} ${s.run} ${s.state}`,
    (stop) => getJson<EventList>(path('/api/v1/events', { run, limit: 1000 }), stop), open ? kStored : 0);
  const live = open && !since && !until ? history.points(s.run) : [];
  return (
    <>
      {live.length > 1 && (
        <section class="card">
          <h2>Last minutes</h2>
          <OverTime points={live.slice(-600)} group="live" />
        </section>
      )}
      {(stored.data || !open) && (
        <section class="card">
          <h2>The run over time</h2>
          <Span place={place} />
          <Woe trouble={stored.trouble} />
          {stored.data && (
            <OverTime points={stored.data.points} events={events.data?.events} choose={choose(place)} group="run" />
          )}
          {stored.data?.complete === false && <p class="quiet">More samples than are looked through for one answer: choose a shorter span.</p>}
        </section>
      )}
    </>
  );
}

export function Overview({ place, summary }: { place: Place; summary: { data?: Summary } }) {
  const run = place.query.get('run');
  const s = summary.data;
  if (!s) return <p class="quiet">Asking …</p>;
  const live = s.state === 'open';
  return (
    <>
      <h1 tabIndex={-1}>{live ? 'Under way' : s.state === 'ended' ? 'Finished' : 'Broken off'}: run {s.run}</h1>
      {s.first_timestamp && s.last_timestamp && (
        <p class="quiet">
          Packets from <When at={s.first_timestamp} /> to <When at={s.last_timestamp} />
          {' '}({duration(seconds(s.last_timestamp) - seconds(s.first_timestamp))})
        </p>
      )}
      <Said verdict={verdictOf(s)} />
      <Tiles s={s} />
      <Course s={s} place={place} />
      <div class="columns">
        <Worst s={s} live={live} run={run} />
        {!run && <Probe live={live} blind={s.lost_blind} />}
        <Frames s={s} />
      </div>
    </>
  );
}

export const restOf = (s?: Summary): number => (s && s.state !== 'open' ? kStored : kLive);
