// The two figures of what came and what did not, over one axis of time.
import { bits, count, duration, scaled, seconds } from '../format';
import type { Event, Point } from '../types';
import { eventWords, kKinds } from '../words';
import { Mark, Plot, Series } from './plot';

interface Props {
  points: Point[];
  events?: Event[];
  choose?: (from: number, until: number) => void;
  group: string;
}

/** The points, with an empty one behind and before each pause, so that a pause is not drawn over. */
export function withPauses(points: Point[]): Point[] {
  const all: Point[] = [];
  const empty = (at: number, length: number): Point => ({
    timestamp: new Date(1000 * at).toISOString(),
    duration_seconds: length,
    packets_received: 0, total_bytes: 0, total_lost_packets: 0, lost_blind: 0, late: 0, duplicates: 0, too_old: 0, restarts: 0,
  });
  for (const p of points) {
    const last = all[all.length - 1];
    const at = seconds(p.timestamp);
    if (last) {
      const end = seconds(last.timestamp) + last.duration_seconds;
      const missing = Math.round((at - end) / p.duration_seconds);
      if (missing >= 1) all.push(empty(end, p.duration_seconds));
      if (missing >= 2) all.push(empty(at - p.duration_seconds, p.duration_seconds));
    }
    all.push(p);
  }
  return all;
}

/** Where the probe was blind: from the packet before a report of drops to the report. */
export function blindSpans(events: Event[]): [number, number][] {
  return events
    .filter((e) => e.kind === 'probe_dropped')
    .map((e) => {
      const until = seconds(e.timestamp);
      const since = Number(e.details['since_ns'] ?? 0) / 1e9;
      return [since > 0 ? Math.min(since, until) : until, until];
    });
}

const kMarked = new Set(['restart', 'rekey', 'exhaustion', 'jump', 'moved']);
const marksOf = (events: Event[]): Mark[] =>
  events
    .filter((e) => kMarked.has(e.kind))
    .map((e) => ({ at: seconds(e.timestamp), text: `${kKinds[e.kind]}: ${eventWords(e)}` }));

export function OverTime({ points, events = [], choose, group }: Props) {
  if (points.length === 0) return <p class="quiet">Nothing to draw yet.</p>;
  const all = withPauses(points);
  const x = all.map((p) => seconds(p.timestamp));
  const lengths = points.map((p) => p.duration_seconds).sort((a, b) => a - b);
  const length = lengths[lengths.length >> 1]!;
  const per = length < 2 ? 'About once a second.' : `Per ${duration(length)}.`;
  const rate = all.map((p) => (p.duration_seconds > 0 ? p.packets_received / p.duration_seconds : 0));
  const speed = all.map((p) => (p.duration_seconds > 0 ? (8e-6 * p.total_bytes) / p.duration_seconds : 0));
  const sum = (name: keyof Point): number => points.reduce((n, p) => n + Number(p[name]), 0);
  const troubles: Series[] = [
    { name: 'lost', colour: 'loss', values: all.map((p) => p.total_lost_packets), bars: true },
    { name: 'late', colour: 'late', values: all.map((p) => p.late) },
    { name: 'duplicates', colour: 'again', values: all.map((p) => p.duplicates), dash: [6, 4] },
  ];
  if (points.some((p) => p.lost_blind !== 0))
    troubles.push({ name: 'of these blind', colour: 'blind', values: all.map((p) => p.lost_blind), dash: [2, 3] });
  const worst = points.reduce((a, b) => (b.total_lost_packets > a.total_lost_packets ? b : a));
  const when = (p: Point): string => new Date(p.timestamp).toLocaleTimeString('en-GB');
  const most = Math.max(...rate);
  const shared = { x, length, group, choose, marks: marksOf(events), blind: blindSpans(events) };
  return (
    <div class="figures">
      <Plot
        {...shared}
        title="Lost, late and repeated"
        told={
          `${per} ${count(sum('total_lost_packets'))} lost, ${count(sum('late'))} late, ` +
          `${count(sum('duplicates'))} duplicates in this span` +
          (worst.total_lost_packets > 0 ? `; most were lost from ${when(worst)} on: ${count(worst.total_lost_packets)}.` : '.')
        }
        series={troubles}
      />
      <Plot
        {...shared}
        title="Packets a second"
        told={`${per} At most ${scaled(most)} packets a second, ${bits(Math.max(...speed))}.`}
        series={[{ name: 'received', colour: 'accent', values: rate, show: (v) => `${scaled(v)}/s` }]}
      />
    </div>
  );
}
