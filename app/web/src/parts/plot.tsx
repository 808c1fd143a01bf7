// A figure over time: drawn, told in a sentence, walked by keyboard, and given as a table.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { count, scaled, time, timeOf } from '../format';
import { colour, useThemeCount } from '../theme';

export interface Series {
  name: string;
  colour: string; ///< name of a custom property
  values: (number | null)[];
  bars?: boolean;
  dash?: number[];
  show?: (value: number) => string;
}

export interface Mark {
  at: number; ///< seconds since 1970
  text: string;
}

interface Props {
  title: string;
  told: string; ///< what one sees in it, in a sentence
  x: number[]; ///< seconds since 1970, rising
  length: number; ///< of an interval, in seconds
  series: Series[];
  marks?: Mark[];
  blind?: [number, number][];
  group?: string; ///< figures whose cursors move together
  choose?: (from: number, until: number) => void; ///< a span was drawn
}

/** Stripes where the probe was blind: told apart without colour. */
function drawBlind(u: uPlot, spans: [number, number][]): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = colour('blind');
  ctx.globalAlpha = 0.55;
  ctx.lineWidth = devicePixelRatio;
  for (const [from, until] of spans) {
    const left = u.valToPos(from, 'x', true);
    const right = Math.max(u.valToPos(until, 'x', true), left + 3 * devicePixelRatio);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.beginPath();
    for (let x = left - bbox.height; x < right; x += 7 * devicePixelRatio) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  }
  ctx.restore();
}

function drawMarks(u: uPlot, marks: Mark[]): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour('muted');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  for (const { at } of marks) {
    const x = Math.round(u.valToPos(at, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.fillRect(x - 3 * devicePixelRatio, bbox.top, 6 * devicePixelRatio, 5 * devicePixelRatio);
  }
  ctx.stroke();
  ctx.restore();
}

function options(p: Props, width: number, at: (i: number | null) => void): uPlot.Options {
  const ink = colour('muted');
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const axis: uPlot.Axis = {
    stroke: ink,
    font: `${Math.round(0.8 * rem)}px system-ui, sans-serif`,
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { stroke: colour('grid'), width: 1 },
  };
  return {
    width,
    height: 13 * rem,
    legend: { show: false },
    cursor: { sync: p.group ? { key: p.group } : undefined, drag: { x: !!p.choose, y: false, setScale: false }, points: { size: 7 } },
    scales: {
      // To the end of the last interval; a single one is not drawn as a point in years.
      x: { range: (u) => [u.data[0][0]!, u.data[0][u.data[0].length - 1]! + p.length] },
      y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? 1.08 * high : 1] },
    },
    axes: [
      {
        ...axis,
        space: 3.6 * rem,
        values: [
          [86400 * 28, '{YYYY}-{MM}', null, null, null, null, null, null, 1],
          [86400, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
          [60, '{HH}:{mm}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
          [1, '{HH}:{mm}:{ss}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
          [0.001, '{ss}.{fff}', '\n{YYYY}-{MM}-{DD} {HH}:{mm}', null, null, null, null, null, 1],
        ],
      },
      { ...axis, size: 4.2 * rem, values: (_, splits) => splits.map((v) => (v === null ? '' : scaled(v))) },
    ],
    series: [
      {},
      ...p.series.map((s): uPlot.Series => ({
        label: s.name,
        stroke: colour(s.colour),
        fill: s.bars ? colour(s.colour) : undefined,
        width: s.bars ? 0 : 1.75,
        dash: s.dash,
        points: { show: !s.bars && p.x.length < 60, size: 5, fill: colour(s.colour) },
        paths: s.bars ? uPlot.paths.bars!({ size: [0.7, 24], align: 1 }) : undefined,
      })),
    ],
    hooks: {
      drawClear: [(u) => drawBlind(u, p.blind ?? [])],
      draw: [(u) => drawMarks(u, p.marks ?? [])],
      setCursor: [(u) => at(u.cursor.idx ?? null)],
      setSelect: [
        (u) => {
          if (!p.choose || u.select.width < 8) return;
          p.choose(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'));
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        },
      ],
    },
  };
}

const shown = (s: Series, i: number): string => {
  const value = s.values[i];
  return value === null || value === undefined ? '–' : (s.show ?? count)(value);
};

function Table({ p }: { p: Props }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`${p.title}, as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">from</th>
            {p.series.map((s) => <th scope="col" class="number">{s.name}</th>)}
          </tr>
        </thead>
        <tbody>
          {p.x.map((x, i) => (
            <tr key={x}>
              <td>{time(new Date(1000 * x).toISOString(), p.length < 1 ? 3 : 0)}</td>
              {p.series.map((s) => <td class="number">{shown(s, i)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Plot(p: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useThemeCount();
  const [at, setAt] = useState<number | null>(null);
  const [open, setOpen] = useState(false);
  const id = useId();
  const data = [p.x, ...p.series.map((s) => s.values)] as uPlot.AlignedData;
  const latest = useRef(p);
  latest.current = p;
  const shape = p.series.map((s) => s.name).join() + (p.x.length < 60);

  useEffect(() => {
    const node = place.current!;
    // Hooks look at the latest properties, so that new data need no new plot.
    const now: Props = {
      ...p,
      get blind() { return latest.current.blind; },
      get marks() { return latest.current.marks; },
      get length() { return latest.current.length; },
      choose: p.choose && ((from, until) => latest.current.choose?.(from, until)),
    };
    const u = new uPlot(options(now, node.clientWidth, setAt), data, node);
    plot.current = u;
    const watch = new ResizeObserver(() => {
      if (node.clientWidth > 0) u.setSize({ width: node.clientWidth, height: u.height });
    });
    watch.observe(node);
    return () => {
      watch.disconnect();
      u.destroy();
    };
  }, [theme, shape]);

  useEffect(() => plot.current?.setData(data), [p.x, p.series]);

  const walk = (i: number): void => {
    const u = plot.current!;
    u.setCursor({ left: u.valToPos(p.x[i]!, 'x'), top: 10 });
    setAt(i);
  };
  const value = at !== null && at < p.x.length ? at : null;
  const readout =
    value === null
      ? ''
      : `${timeOf(p.x[value]!, p.length < 1 ? 3 : 0)}: ${p.series.map((s) => `${s.name} ${shown(s, value)}`).join(', ')}`;
  return (
    <figure aria-labelledby={id}>
      <figcaption>
        <h3 id={id}>{p.title}</h3>
        <p class="told">{p.told}</p>
        <ul class="legend">
          {p.series.map((s) => (
            <li>
              <span class={`swatch ${s.bars ? 'bars' : s.dash ? 'dashed' : 'line'} c-${s.colour}`} /> {s.name}
            </li>
          ))}
          {p.blind && p.blind.length > 0 && <li><span class="swatch striped" /> probe blind</li>}
          {p.marks && p.marks.length > 0 && <li><span class="swatch marked" /> event</li>}
        </ul>
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={`${p.title}. ${p.told}`} />
      <input
        class="walk"
        type="range"
        min={0}
        max={Math.max(0, p.x.length - 1)}
        value={value ?? 0}
        aria-label={`${p.title}: walk through the intervals`}
        aria-valuetext={readout || 'none chosen'}
        onInput={(e) => walk(Number(e.currentTarget.value))}
        onFocus={(e) => walk(Number(e.currentTarget.value))}
      />
      <p class="readout">{readout || '\u00a0'}</p>
      <details onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary>Table</summary>
        {open && <Table p={p} />}
      </details>
    </figure>
  );
}
