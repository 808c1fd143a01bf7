// The runs that are known, the latest first.
import { count } from '../format';
import { Scroll, When } from '../parts/small';
import { link } from '../route';
import type { Run } from '../types';

export function Runs({ runs }: { runs: Run[] }) {
  return (
    <>
      <h1 tabIndex={-1}>Runs</h1>
      <section class="card">
        <Scroll label="Runs">
          <table>
            <thead>
              <tr>
                <th scope="col">run</th><th scope="col">state</th><th scope="col">begun</th><th scope="col">command</th>
                <th scope="col">input</th><th scope="col" class="number">frames</th><th scope="col" class="number">SAs</th><th scope="col" class="number">lost</th>
              </tr>
            </thead>
            <tbody>
              {runs.slice().reverse().map((r) => (
                <tr>
                  <th scope="row"><a href={link([], { run: r.run })}>{r.run}</a></th>
                  <td>{r.state}</td>
                  <td><When at={r.started} digits={0} /></td>
                  <td>{r.command}</td>
                  <td class="input">{r.input.join(', ')}</td>
                  <td class="number">{r.state === 'open' ? '–' : count(r.packets_offered)}</td>
                  <td class="number">{r.state === 'open' ? '–' : count(r.total_flows)}</td>
                  <td class="number">{r.state === 'open' ? '–' : count(r.total_lost_packets)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </section>
    </>
  );
}
