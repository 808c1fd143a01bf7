// Whether the probe itself is well: what it lost and why, how full it is.
import { getText } from '../api';
import { useAsk } from '../data';
import { bytes, count, percent } from '../format';
import { Metrics, parseMetrics, Sample, valueOf } from '../metrics';
import { Figure, Woe } from '../parts/small';
import type { Num } from '../types';
import { kCauses } from '../words';

function Drops({ causes }: { causes: Sample[] }) {
  const lost = causes.filter((c) => c.value > 0);
  return (
    <>
      <p class={lost.length > 0 ? 'bad' : 'well'}>
        {lost.length > 0 ? '▲ The probe itself lost something.' : '✓ The probe itself lost nothing.'}
      </p>
      <table>
        <tbody>
          {causes.map((c) => (
            <tr>
              <th scope="row">{c.labels['cause']}</th>
              <td class="number"><Figure field={`probe.${c.labels['cause']}`} value={c.value} /></td>
              <td class="quiet">{kCauses[c.labels['cause'] ?? ''] ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function facts(m: Metrics): [string, string][] {
  const rows: [string, string][] = [];
  const add = (name: string, metric: string, show: (n: number) => string): void => {
    const value = valueOf(m, metric);
    if (value !== undefined) rows.push([name, show(value)]);
  };
  const limit = valueOf(m, 'lacuna_limit_flows');
  add('flow table', 'lacuna_held_flows', (n) => `${count(n)} SAs${limit ? `, ${percent(n / limit)} full` : ''}`);
  const fill = (m.get('lacuna_ring_used_elements') ?? []).map((used, i) =>
    used.value / Math.max(1, m.get('lacuna_ring_capacity_elements')?.[i]?.value ?? 1));
  if (fill.length > 0) rows.push(['fullest ring', percent(Math.max(...fill))]);
  const busy = m.get('lacuna_lcore_busy_ratio') ?? [];
  if (busy.length > 0) rows.push(['busiest lcore', percent(Math.max(...busy.map((b) => b.value)))]);
  for (const port of m.get('lacuna_port_up') ?? [])
    rows.push([`port ${port.labels['port']}`, port.value ? 'link up' : '▲ no link']);
  add('store', 'lacuna_store_size_bytes', bytes);
  add('store lags', 'lacuna_store_lag_seconds', (n) => `${n.toFixed(1)} s`);
  const failing = valueOf(m, 'lacuna_store_failing');
  if (failing) rows.push(['store', '▲ the last attempt to store something failed']);
  add('memory', 'process_resident_memory_bytes', bytes);
  return rows;
}

export function Probe({ live, blind }: { live: boolean; blind: Num }) {
  const { data, trouble } = useAsk('probe', async (stop) => parseMetrics(await getText('/metrics', stop)), live ? 2000 : 10_000);
  return (
    <section class="card">
      <h2>The probe</h2>
      <Woe trouble={trouble} />
      {data && (
        <>
          <Drops causes={data.get('lacuna_probe_dropped_total') ?? []} />
          <table>
            <tbody>
              <tr><th scope="row">blind</th><td><Figure field="lost_blind" value={blind} /> <span class="quiet">numbers missing while it lost frames</span></td></tr>
              {facts(data).map(([name, text]) => <tr><th scope="row">{name}</th><td>{text}</td></tr>)}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}
